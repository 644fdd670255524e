# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""The JSON Schemas for editors against every configuration of this repository.

What the relay takes, an editor must not mark; what is wrong in its shape, it must. Whether both know the same keys is
tested in Swift (SchemaTests), where the parser is at hand.
"""

import json
import re
import sys
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/Fixtures"


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 core schema, as editors and the relay read it: 09:00 is a text, yes is no boolean."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9][0-9_]*$", "-+0123456789"),
    ("float", r"^[-+]?([0-9]*\.)?[0-9]+([eE][-+]?[0-9]+)?$", "-+.0123456789"),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))

STAND_INS = str.maketrans("{}[],", "\ue7b0\ue7b1\ue7b2\ue7b3\ue7b4")
BACK = str.maketrans("\ue7b0\ue7b1\ue7b2\ue7b3\ue7b4", "{}[],")


def load(text):
    """With ${…} unquoted inside { } and [ ], which the relay allows."""
    shielded = re.sub(r"\$\{[^}{\"'\n]*\}", lambda match: match.group().translate(STAND_INS), text)

    def restore(value):
        if isinstance(value, dict):
            return {restore(key) if isinstance(key, str) else str(key): restore(item) for key, item in value.items()}
        if isinstance(value, list):
            return [restore(item) for item in value]
        return value.translate(BACK) if isinstance(value, str) else value

    return restore(yaml.load(shielded, CoreLoader))


def schema(name):
    return json.loads((ROOT / "deploy" / name).read_text())


SCHEMAS = {name: schema(name) for name in ("relay.schema.json", "rules.schema.json")}
REGISTRY = Registry().with_resources((name, Resource.from_contents(content)) for name, content in SCHEMAS.items())
RELAY = Draft202012Validator(SCHEMAS["relay.schema.json"], registry=REGISTRY)
RULES = Draft202012Validator(SCHEMAS["rules.schema.json"], registry=REGISTRY)
# Documentation shows parts of a relay.yaml.
PART = Draft202012Validator({**SCHEMAS["relay.schema.json"], "required": []}, registry=REGISTRY)

failures = []
checked = 0


def expect(name, validator, document, valid):
    global checked
    checked += 1
    errors = list(validator.iter_errors(document))
    if bool(errors) == (not valid):
        return
    if valid:
        deepest = max(errors, key=lambda error: len(error.absolute_path))
        place = "/".join(str(part) for part in deepest.absolute_path)
        failures.append(f"{name}: the schema refuses what the relay takes, at /{place}: {deepest.message[:300]}")
    else:
        failures.append(f"{name}: the schema takes what is wrong")


def usable(text):
    """A fixture ends with what `check` says about it."""
    return not re.search(r"^#= .*: error: (?!.*not supported by this version)", text, re.MULTILINE)


def check_fixtures():
    files = sorted((FIXTURES / "configuration").glob("*.yaml"))
    assert len(files) >= 10, "no fixtures"
    for file in files:
        text = file.read_text()
        if usable(text):
            expect(file.relative_to(ROOT), RELAY, load(text), True)


def check_deploy():
    expect("deploy/relay.yaml", RELAY, load((ROOT / "deploy/relay.yaml").read_text()), True)
    first = (ROOT / "deploy/relay.yaml").read_text().splitlines()[0]
    if first != "# yaml-language-server: $schema=relay.schema.json":
        failures.append("deploy/relay.yaml: the first line does not name the schema")


def check_documents():
    """Every example in the documentation, whole or in part, but those that show an error."""
    examples = 0
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]:
        for number, match in enumerate(re.finditer(r"```yaml[^\n]*\n(.*?)```", file.read_text(), re.DOTALL), 1):
            document = load(match.group(1))
            name = f"{file.relative_to(ROOT)}, example {number}"
            if document is None or "# error: " in match.group(1):
                continue
            if isinstance(document, list):
                expect(name, RULES, document, True)
            elif isinstance(document.get("rules"), dict) and "script" in document["rules"]:
                continue  # a CI job of that name
            elif "cases" in document:
                part = {key: document[key] for key in ("statuses", "rules") if key in document}
                expect(name, RULES, part, True)
            elif set(document) <= set(SCHEMAS["relay.schema.json"]["properties"]):
                expect(name, PART, document, True)
            else:
                continue
            examples += 1
    assert examples >= 40, f"only {examples} examples in the documentation"


def check_scenarios():
    for file in sorted((FIXTURES / "Scenarios").glob("*.yaml")):
        document = load(file.read_text())
        part = {key: document[key] for key in ("statuses", "rules") if key in document}
        expect(file.relative_to(ROOT), RULES, part, True)


SMALLEST = """
webhook: { allowUnauthenticated: true }
admin: { allowUnauthenticated: true }
genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
"""

VALID_PARTS = [
    "rules: rules/*.yaml",
    "rules: [rules/*.yaml, more.yaml]",
    "rules:",
    "watch: false",
    "watch: ${env:WATCH:-true}",
    "maxReleaseAge: 24h\nconversationTimeout: 4h",
    'notifications: { wallboard: { url: "https://example.com/hook?x=1", secrets: ["whsec_AAAA"], timeout: 5s } }',
    "server: { tls: { certificate: a, privateKey: b, clientCA: c, clientCertificates: optional } }",
    "webhook: { authentication: { mutualTLS: { issuers: CN=a } }, retiredPaths: /old, allowedOrigins: '*' }",
    "webhook: { authentication: [{ bearer: { tokens: [{ value: a, notAfter: 2026-12-31T00:00:00Z }, '${env:B}'] } }] }",
    "webhook: { authentication: [{ hmac: { header: H, algorithm: sha512, encoding: base64, secrets: a } }] }",
    "webhook: { authentication: [{ standardWebhooks: { publicKeys: whpk_AAAA } }] }",
    "mode: ${env:MODE}\nserver: { maxConnections: '${env:MOST}' }",
]

INVALID_PARTS = [
    "serve: {}",
    "mode: observ",
    "watch: yes",
    "server: { timeouts: { header: 10 } }",
    "server: { timeouts: { header: 10 s } }",
    "server: { maxBodyBytes: 0 }",
    "server: { tls: { certificate: a } }",
    "server: { tls: { certificate: a, privateKey: b, clientCA: c, clientCertificates: maybe } }",
    "webhook: { authentication: [{ hmac: { secrets: a } }] }",
    "webhook: { authentication: [{ hmac: { header: H, algorithm: md5, secrets: a } }] }",
    "webhook: { authentication: [{ standardWebhooks: { tolerance: 5m } }] }",
    "webhook: { authentication: [{ mutualTLS: {} }] }",
    "webhook: { authentication: [{ bearer: { tokens: [{ notAfter: 2026-12-31T00:00:00Z }] } }] }",
    "webhook: { authentication: [{ bearer: { tokens: [{ value: a, notAfter: tomorrow }] } }] }",
    "webhook: { allowUnauthenticated: true, retiredPaths: old }",
    "webhook: { allowUnauthenticated: true, allowedOrigins: https://a.example }",
    "verify: { attempts: 21 }",
    "tags: { to: customAttributes, schema: { id: a, name: b } }",
    "journal: { url: relay.db }",
    "rules: { name: r }",
    "rules: [[a.yaml]]",
    "notifications: { wallboard: { url: https://example.com } }",
    "notifications: { wallboard: { url: ftp://example.com, secrets: [whsec_AAAA] } }",
    "notifications: { wallboard: { url: https://example.com, secret: whsec_AAAA } }",
    "conversationTimeout: 4",
    "statuses: { Break: Break }",
    "statuses: { Break: { presence: Break, adherence: get } }",
    "agents: { exclude: { user: [a] } }",
]

VALID_RULES = [
    "[]",
    "rules: []",
    "statuses: { Break: { presence: Break } }\nrules:",
    """
- name: everything
  description: all that a rule may have
  mode: observe
  when:
    conversation:
      media: [call, callback]
      state: { notIn: [alerting, dialing] }
      held: true
      heldSince: { olderThan: 2m }
      participants: { atLeast: 3 }
      queue: Sales EMEA
      role: [agent, consult]
      afterCallWork: { not: [pending, timeout] }
      mediaRoles: { contains: full }
      attributes.wfm_status: { in: [Break, Meeting], ignoreCase: true }
      attributes: { tier: { matches: "/^gold-\\\\d+$/i" }, empty: "" }
      customer.attributes.vip: yes
      customer: { attributes.language: de }
      any: [{ direction: inbound }, { not: { direction: outbound }, for: 10s }]
      for: 5m
    conversations: { count: { moreThan: 1 }, media: message }
    presence: { label: Team huddle, since: { newerThan: 1h } }
    primarySource: PURECLOUD
    routingStatus: { not: OFF_QUEUE }
    adherence: { state: OutOfAdherence, next: Meal, nextAt: { within: 15m } }
    outOfOffice: { active: false, until: { exists: false } }
    activeQueues: { contains: Sales EMEA }
    agent: { team: Blue, group: { notIn: [Trainees] } }
    schedule:
      - { days: Mon-Fri, from: "09:00", to: "17:30", timeZone: Europe/Berlin }
      - { days: [Sat, Sun], dates: ["2026-12-24..2026-12-26", "2027-01-01"], timeZone: UTC }
    all: [{ presence: Available }]
    any: [{ presence: { not: Break } }]
    none: [{ outOfOffice: true }]
    not: { presence: On Queue }
    for: 90s
  then:
    status: ${conversation.attributes.wfm_status}
    apply: afterCallWork
    release: Available
    minimum: 2m
    cooldown: 10m
    tag: { wfm_status: "${status}" }
    explain: { minutes: 15m, status: Approved, notes: on a call }
    routingStatus: idle
    notify: { to: wallboard, data: { text: "${agent.name}", number: 5 } }
    stop: true
  guards: { offline: true, humanChange: true, onQueue: false, maxEventAge: 2m, maxReleaseAge: 24h }
""",
    "- { name: r, when: { conversation: {} }, then: { notify: wallboard } }",
    "- { name: 5, when: { outOfOffice: false }, then: { status: '${env:STATUS}' } }",
]

INVALID_RULES = [
    "just text",
    "{}",
    "rules: rules/a.yaml",
    "statuses: {}",
    "- { nme: r, when: { outOfOffice: true }, then: { status: a } }",
    "- { name: r, then: { status: a } }",
    "- { name: r, when: {}, then: { status: a } }",
    "- { name: r, when: { outOfOffice: true }, then: {} }",
    "- { name: r, when: { outOfOffice: maybe }, then: { status: a } }",
    "- { name: r, when: { presence: { sytem: Break } }, then: { status: a } }",
    "- { name: r, when: { presence: { not: Break, system: Break } }, then: { status: a } }",
    "- { name: r, when: { conversation: call }, then: { status: a } }",
    "- { name: r, when: { conversation: { held: { atLeast: 3 } } }, then: { status: a } }",
    "- { name: r, when: { conversation: { participants: many } }, then: { status: a } }",
    "- { name: r, when: { conversation: { connectedAt: now } }, then: { status: a } }",
    "- { name: r, when: { conversation: { media: { in: call } } }, then: { status: a } }",
    "- { name: r, when: { conversation: { media: [] } }, then: { status: a } }",
    "- { name: r, when: { conversation: {}, for: 5 }, then: { status: a } }",
    "- { name: r, when: { conversations: { media: call } }, then: { status: a } }",
    "- { name: r, when: { all: { presence: Break } }, then: { status: a } }",
    "- { name: r, when: { schedule: { from: '9', to: '17:00', timeZone: UTC } }, then: { status: a } }",
    "- { name: r, when: { schedule: { days: Mon } }, then: { status: a } }",
    "- { name: r, when: { schedule: { dates: 24.12.2026, timeZone: UTC } }, then: { status: a } }",
    "- { name: r, when: { agent: { queues: a } }, then: { status: a } }",
    "- { name: r, when: { outOfOffice: true }, then: { status: a, apply: later } }",
    "- { name: r, when: { outOfOffice: true }, then: { status: a, minimum: 2 } }",
    "- { name: r, when: { outOfOffice: true }, then: { explain: { minutes: 1441 } } }",
    "- { name: r, when: { outOfOffice: true }, then: { explain: { status: Approved } } }",
    "- { name: r, when: { outOfOffice: true }, then: { routingStatus: ON_QUEUE } }",
    "- { name: r, when: { outOfOffice: true }, then: { notify: { data: { a: b } } } }",
    "- { name: r, when: { outOfOffice: true }, then: { notify: { to: a, data: { agentId: b } } } }",
    "- { name: r, mode: shadow, when: { outOfOffice: true }, then: { status: a } }",
    "- { name: r, when: { outOfOffice: true }, then: { status: a }, guards: { online: true } }",
]


def main():
    for validator in (RELAY, RULES):
        Draft202012Validator.check_schema(validator.schema)
    check_fixtures()
    check_deploy()
    check_documents()
    check_scenarios()
    expect("the smallest configuration", RELAY, load(SMALLEST), True)
    expect("an empty configuration", RELAY, {}, False)
    for part in VALID_PARTS:
        expect(part, RELAY, load(SMALLEST + part), True)
    for part in INVALID_PARTS:
        expect(part, RELAY, load(SMALLEST + part), False)
    for text in VALID_RULES:
        expect(text, RULES, load(text), True)
        if isinstance(load(text), list):
            expect(f"in relay.yaml: {text}", RELAY, {**load(SMALLEST), "rules": load(text)}, True)
    for text in INVALID_RULES:
        expect(text, RULES, load(text), False)
    for failure in failures:
        print(failure)
    print(f"{checked} documents, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
