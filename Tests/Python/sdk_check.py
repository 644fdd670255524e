#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""Runs the official Genesys Cloud SDK against a running simulator and checks what it gets.

usage: sdk_check.py BASE_URL [CLIENT_ID CLIENT_SECRET]

BASE_URL is what `presence-relay simulate` prints, such as http://127.0.0.1:9090. The client defaults to the environment's
GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET, then to simulator / simulator. Needs the package PureCloudPlatformClientV2.
Prints `N passed, N failed`; exits 1 when a check failed.
"""

import json
import os
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import warnings

import PureCloudPlatformClientV2 as sdk
from PureCloudPlatformClientV2.rest import ApiException

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Site:
    """The simulator, seen through the SDK and through its control API."""

    def __init__(self, base, client_id, client_secret):
        self.base = base.rstrip("/")
        self.client_id = client_id
        self.client_secret = client_secret
        sdk.configuration.live_reload_config = False
        # The SDK derives the login host by replacing "//api." in the API host, so one without it serves for both.
        sdk.configuration.host = self.base
        self.client = sdk.ApiClient(host=self.base)
        self.client.get_client_credentials_token(client_id, client_secret)
        self.presence = sdk.PresenceApi(self.client)
        self.users = sdk.UsersApi(self.client)
        self.routing = sdk.RoutingApi(self.client)
        self.conversations = sdk.ConversationsApi(self.client)
        self.workforce = sdk.WorkforceManagementApi(self.client)
        self.teams = sdk.TeamsApi(self.client)
        self.groups = sdk.GroupsApi(self.client)
        self.organization = self.control("GET", "/simulator/state")["organization"]
        self.agents = [agent["id"] for agent in self.control("GET", "/simulator/state")["agents"]]

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as response:
            content = response.read()
            return json.loads(content) if content else None

    def definition(self, label, system):
        for one in self.presence.get_presence_definitions().entities:
            if one.language_labels.get("en_US") == label and one.system_presence == system:
                return one
        raise AssertionError(f"no definition {label} ({system})")

    def call(self, agent):
        return self.control("POST", "/simulator/calls", {"agentId": agent, "answer": True})


def equal(actual, expected, what="value"):
    assert actual == expected, f"{what}: expected {expected!r}, got {actual!r}"


def fails(status, function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except ApiException as error:
        equal(error.status, status, "status")
        body = json.loads(error.body)
        equal(body["status"], status, "status in the body")
        assert body["contextId"] == error.headers["ININ-Correlation-Id"], "contextId is the correlation id"
        return body
    raise AssertionError(f"expected {status}, but the call succeeded")


def eventually(condition, what, seconds=5):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


@check
def token_is_issued_and_a_wrong_secret_refused(site):
    assert len(site.client.access_token) > 20, "an access token"
    stranger = sdk.ApiClient(host=site.base)
    try:
        stranger.get_client_credentials_token(site.client_id, "wrong-" + site.client_secret)
    except ApiException as error:
        equal(error.status, 401, "status")
        equal(json.loads(error.body)["error"], "invalid_client", "OAuth error")
    else:
        raise AssertionError("a wrong secret was accepted")


@check
def a_token_nobody_issued_is_401(site):
    stranger = sdk.ApiClient(host=site.base)
    stranger.access_token = "nonsense"
    equal(fails(401, sdk.UsersApi(stranger).get_users)["code"], "bad.credentials", "code")


@check
def presence_definitions(site):
    listing = site.presence.get_presence_definitions(locale_code="ALL")
    equal(listing.total, len(listing.entities), "total")
    systems = {one.system_presence: one.id for one in listing.entities if one.type == "System"}
    equal(len(systems), 10, "system definitions")
    equal(systems["OnQueue"], "e08eaf1b-ee47-4fa9-a231-1200e284798f", "On Queue")
    own = [one for one in listing.entities if one.type == "User"]
    assert any(one.language_labels.get("de") == "Teamrunde" for one in own), "labels of other locales"
    one = site.presence.get_presence_definition(systems["Break"])
    equal(one.system_presence, "Break", "definition by id")


@check
def legacy_presence_definitions_and_system_presences(site):
    listing = site.presence.get_presencedefinitions(page_size=5, page_number=2)
    equal(len(listing.entities), 5, "entities")
    equal(listing.page_number, 2, "page number")
    assert listing.entities[0].primary, "a system definition is primary"
    assert any(one.name == "On Queue" for one in site.presence.get_systempresences()), "On Queue"


@check
def user_presence_is_read_and_written(site):
    user = site.agents[0]
    coffee = site.definition("Coffee", "Break")
    body = sdk.UserPresence()
    body.presence_definition = sdk.PresenceDefinition()
    body.presence_definition.id = coffee.id
    body.message = "Back in 15"
    written = site.presence.patch_user_presences_purecloud(user, body)
    equal(written.id, user, "user")
    equal(written.presence_definition.system_presence, "Break", "system presence")
    read = site.presence.get_user_presences_purecloud(user)
    equal(read.presence_definition.id, coffee.id, "definition")
    equal(read.message, "Back in 15", "message")
    equal(read.modified_date, written.modified_date, "modified date")
    equal(site.presence.get_user_presence(user, "PURECLOUD").message, "Back in 15", "by source")
    equal(site.users.get_user_routingstatus(user).status, "OFF_QUEUE", "routing status")
    body.presence_definition.id = site.definition("On Queue", "OnQueue").id
    body.message = ""
    back = site.presence.patch_user_presence(user, "purecloud", body)
    equal(back.presence_definition.system_presence, "On Queue", "spelling")
    equal(site.users.get_user_routingstatus(user).status, "IDLE", "routing status")


@check
def presence_errors(site):
    equal(fails(404, site.presence.get_user_presences_purecloud, "nobody")["code"], "not.found", "code")
    body = sdk.UserPresence()
    body.presence_definition = sdk.PresenceDefinition()
    body.presence_definition.id = "nothing"
    fails(400, site.presence.patch_user_presences_purecloud, site.agents[0], body)


@check
def a_missing_permission_is_named(site):
    site.control("POST", "/simulator/faults", {"kind": "forbidPresenceEdit"})
    try:
        body = sdk.UserPresence()
        body.presence_definition = sdk.PresenceDefinition()
        body.presence_definition.id = site.definition("Meal", "Meal").id
        refused = fails(403, site.presence.patch_user_presences_purecloud, site.agents[0], body)
        assert "presence:userPresence:edit" in refused["message"], refused["message"]
    finally:
        site.control("DELETE", "/simulator/faults")


@check
def presences_in_bulk(site):
    some = site.agents[1:4]
    meal = site.definition("Meal", "Meal").id
    items = []
    for user in some:
        item = sdk.MutableUserPresence()
        item.id = user
        item.source = "PURECLOUD"
        item.presence_definition = sdk.PresenceDefinition()
        item.presence_definition.id = meal
        item.message = ""
        items.append(item)
    equal([one.id for one in site.presence.put_users_presences_bulk(items)], some, "written")
    read = site.presence.get_users_presences_purecloud_bulk(id=some)
    equal([one.user_id for one in read], some, "read")
    assert all(one.presence_definition.id == meal for one in read), "all at the meal"
    queue = site.definition("On Queue", "OnQueue").id
    for item in items:
        item.presence_definition.id = queue
    site.presence.put_users_presences_bulk(items)
    fails(400, site.presence.get_users_presences_purecloud_bulk, id=["x"] * 51)


@check
def a_bulk_write_with_a_partial_result(site):
    some = site.agents[1:6]
    meal = site.definition("Meal", "Meal").id
    items = []
    for user in some:
        item = sdk.MutableUserPresence()
        item.id = user
        item.source = "PURECLOUD"
        item.presence_definition = sdk.PresenceDefinition()
        item.presence_definition.id = meal
        items.append(item)
    fault = {"kind": "partialBulk", "match": "PUT bulk", "percent": 100, "times": 1}
    read = lambda: [
        one.presence_definition.id == meal for one in site.presence.get_users_presences_purecloud_bulk(id=some)
    ]
    try:
        site.control("POST", "/simulator/faults", {**fault, "variant": "unchanged"})
        equal(site.presence.put_users_presences_bulk(items), [], "nobody in the answer")
        equal(any(read()), False, "nobody changed")
        site.control("POST", "/simulator/faults", {**fault, "variant": "stale"})
        answer = site.presence.put_users_presences_bulk(items)
        equal([one.id for one in answer], some, "everybody in the answer")
        assert all(one.presence_definition.id != meal for one in answer), "with the old definition"
        site.control("POST", "/simulator/faults", {**fault, "variant": "applied"})
        equal(site.presence.put_users_presences_bulk(items), [], "nobody in the answer")
        equal(all(read()), True, "everybody changed")
        site.control("PATCH", "/simulator/settings", {"bulkLimit": 4, "bulkLimitStatus": 413})
        fails(413, site.presence.put_users_presences_bulk, items)
    finally:
        site.control("DELETE", "/simulator/faults")
        site.control("PATCH", "/simulator/settings", {"bulkLimit": 100, "bulkLimitStatus": 400})
        for user in some:
            site.control("POST", f"/simulator/agents/{user}/presence", {"system": "OnQueue"})


@check
def the_primary_source_decides_what_is_shown(site):
    user = site.agents[2]
    equal(site.presence.get_presence_user_primarysource(user).source_id, "PURECLOUD", "at first")
    body = sdk.UserPrimarySource()
    body.source_id = "MICROSOFTTEAMS"
    equal(site.presence.put_presence_user_primarysource(user, body).source_id, "MICROSOFTTEAMS", "written")
    site.control("POST", f"/simulator/agents/{user}/presence", {"system": "Busy", "source": "MICROSOFTTEAMS"})
    write = sdk.UserPresence()
    write.presence_definition = sdk.PresenceDefinition()
    write.presence_definition.id = site.definition("Meal", "Meal").id
    written = site.presence.patch_user_presences_purecloud(user, write)
    equal(written.primary, False, "primary")
    equal(written.presence_definition.system_presence, "Meal", "the write succeeds")
    shown = site.users.get_user(user, expand=["presence"]).presence
    equal(shown.presence_definition.system_presence, "Busy", "but does not show")
    body.source_id = "PURECLOUD"
    site.presence.put_presence_user_primarysource(user, body)
    site.control("POST", f"/simulator/agents/{user}/presence", {"system": "OnQueue"})


@check
def every_missing_permission_is_named(site):
    calls = {
        "wfm:realtimeAdherence:view": lambda: site.workforce.get_workforcemanagement_adherence([site.agents[0]]),
        "presence:userPrimarySource:view": lambda: site.presence.get_presence_user_primarysource(site.agents[0]),
        "directory:user:view": lambda: site.users.get_users(id=[site.agents[0]]),
        "conversation:customAttributes:schemaView": site.conversations.get_conversations_customattributes_schemas,
        "routing:queue:view": site.routing.get_routing_queues,
        "routing:wrapupCode:view": site.routing.get_routing_wrapupcodes,
        "groups:team:view": site.teams.get_teams,
    }
    try:
        for permission, call in calls.items():
            site.control("PUT", "/simulator/permissions", {"missing": [permission]})
            refused = fails(403, call)
            assert permission in refused["message"], refused["message"]
            equal(refused["code"], "missing.permissions", "code")
    finally:
        site.control("DELETE", "/simulator/permissions")


@check
def users_by_id_with_their_status(site):
    some = site.agents[:5]
    listing = site.users.get_users(id=some, page_size=100, expand=["presence", "routingStatus"])
    equal([one.id for one in listing.entities], some, "in the order asked for")
    assert all(one.presence and one.routing_status for one in listing.entities), "expanded"
    fails(400, site.users.get_users, id=["x"] * 101)


@check
def users_with_their_status(site):
    listing = site.users.get_users(page_size=100, expand=["presence", "routingStatus", "conversationSummary"])
    equal(listing.total, len(site.agents), "total")
    first = listing.entities[0]
    equal(first.id, site.agents[0], "order")
    assert first.name.startswith("Agent "), first.name
    equal(first.presence.presence_definition.system_presence, "On Queue", "presence")
    equal(first.routing_status.status, "IDLE", "routing status")
    equal(first.conversation_summary.call.contact_center.active, 0, "active calls")
    offline = site.users.get_user(site.agents[-1], expand=["presence"])
    equal(offline.presence.presence_definition.system_presence, "Offline", "the last agent")
    assert offline.routing_status is None, "only what was asked for"
    fails(404, site.users.get_user, "nobody")


@check
def routing_status_is_cleared_but_not_forged(site):
    user = site.agents[0]
    call = site.control("POST", "/simulator/calls", {"agentId": user, "answer": False})
    site.control("POST", f"/simulator/calls/{call['conversationId']}/noanswer")
    equal(site.users.get_user_routingstatus(user).status, "NOT_RESPONDING", "after an unanswered alert")
    body = sdk.RoutingStatus()
    body.status = "IDLE"
    equal(site.users.put_user_routingstatus(user, body).status, "IDLE", "cleared")
    equal(site.users.put_user_routingstatus(site.agents[-1], body).status, "OFF_QUEUE", "an offline agent")


def named(listing, name):
    return next(one for one in listing.entities if one.name == name)


@check
def members_of_queue_and_unit(site):
    queue = named(site.routing.get_routing_queues(), "Support queue")
    equal(queue.id, site.organization["queueId"], "the first queue")
    members = site.routing.get_routing_queue_members(queue.id, page_size=100).entities
    equal([one.id for one in members], site.agents, "members")
    fails(400, site.routing.get_routing_queue_members, queue.id, page_size=101)
    fails(404, site.routing.get_routing_queue_members, "nothing")
    unit = site.organization["managementUnitId"]
    users = site.workforce.get_workforcemanagement_managementunit_users(unit).entities
    equal([one.id for one in users], site.agents, "users of the unit")


@check
def queues_and_wrapup_codes_by_name(site):
    names = lambda listing: [one.name for one in listing.entities]
    queues = site.routing.get_routing_queues(page_size=2)
    equal(names(queues), ["Billing queue", "Sales queue"], "first page")
    equal(queues.total, 3, "total")
    assert queues.next_uri.endswith("pageNumber=2"), queues.next_uri
    equal(names(site.routing.get_routing_queues(page_size=2, page_number=2)), ["Support queue"], "second page")
    equal(names(site.routing.get_routing_queues(name="Sales queue")), ["Sales queue"], "by name")
    equal(names(site.routing.get_routing_queues(name="*queue")), ["Billing queue", "Sales queue", "Support queue"], "*")
    one = queues.entities[0]
    equal(names(site.routing.get_routing_queues(id=[one.id])), [one.name], "by id")
    equal(site.routing.get_routing_queue(one.id).name, one.name, "one")
    fails(404, site.routing.get_routing_queue, "nothing")
    codes = site.routing.get_routing_wrapupcodes(name="Call back")
    equal(names(codes), ["Call back"], "wrap-up code by name")
    equal(site.routing.get_routing_wrapupcode(codes.entities[0].id).name, "Call back", "wrap-up code")


@check
def management_units(site):
    units = site.workforce.get_workforcemanagement_managementunits()
    equal([one.name for one in units.entities], ["Back office", "Contact centre"], "all of them")
    one = named(units, "Contact centre")
    equal(one.id, site.organization["managementUnitId"], "the first unit")
    equal(site.workforce.get_workforcemanagement_managementunit(one.id).name, one.name, "one")
    user = site.agents[3]
    other = named(units, "Back office").id
    site.control("PATCH", f"/simulator/directory/managementunits/{other}", {"add": [user]})
    users = site.workforce.get_workforcemanagement_managementunit_users
    equal([one.id for one in users(other).entities], [user], "moved")
    equal(site.workforce.get_workforcemanagement_adherence([user])[0].management_unit.id, other, "adherence")
    site.control("PATCH", f"/simulator/directory/managementunits/{one.id}", {"add": [user]})
    equal(len(users(one.id).entities), len(site.agents), "moved back")


@check
def teams_along_their_cursors(site):
    team = named(site.teams.get_teams(name="day"), "Day shift")
    equal(team.member_count, len(site.agents), "member count")
    equal(site.teams.get_team(team.id).name, "Day shift", "one")
    seen, after = [], None
    while True:
        page = site.teams.get_team_members(team.id, page_size=4, **({"after": after} if after else {}))
        seen += [one.id for one in page.entities]
        if not page.next_uri:
            break
        after = urllib.parse.parse_qs(urllib.parse.urlparse(page.next_uri).query)["after"][0]
    equal(seen, site.agents, "members")
    fails(404, site.teams.get_team_members, "nothing")


@check
def groups_and_their_members(site):
    some = [site.agents[0], site.agents[2]]
    made = site.control("POST", "/simulator/directory/groups", {"name": "Pilots", "members": some})
    try:
        equal(named(site.groups.get_groups(), "Pilots").id, made["id"], "listed")
        search = sdk.GroupSearchRequest()
        criterion = sdk.GroupSearchCriteria()
        criterion.type, criterion.fields, criterion.value = "EXACT", ["name"], "Pilots"
        search.query = [criterion]
        equal([one.id for one in site.groups.post_groups_search(search).results], [made["id"]], "searched")
        equal(site.groups.get_group(made["id"]).name, "Pilots", "one")
        equal([one.id for one in site.groups.get_group_members(made["id"]).entities], some, "members")
        site.control("PATCH", "/simulator/directory/groups/Pilots", {"name": "Testers", "remove": some[:1]})
        equal(site.groups.get_group(made["id"]).name, "Testers", "renamed")
        equal([one.id for one in site.groups.get_group_members(made["id"]).entities], some[1:], "members left")
    finally:
        site.control("DELETE", f"/simulator/directory/groups/{made['id']}")
    fails(404, site.groups.get_group, made["id"])


@check
def conversations_are_read_in_both_forms(site):
    user = site.agents[0]
    call = site.call(user)
    whole = site.conversations.get_conversation(call["conversationId"])
    agent = next(one for one in whole.participants if one.purpose == "agent")
    equal(agent.id, call["agentParticipantId"], "participant")
    equal(agent.user_id, user, "user")
    equal(agent.calls[0].state, "connected", "state")
    equal(whole.recording_state, "ACTIVE", "recording state")
    flat = site.conversations.get_conversations_call(call["conversationId"])
    agent = next(one for one in flat.participants if one.purpose == "agent")
    equal(agent.state, "connected", "state")
    equal(agent.user.id, user, "user")
    site.control("POST", f"/simulator/calls/{call['conversationId']}/hangup")
    ended = site.conversations.get_conversation(call["conversationId"])
    agent = next(one for one in ended.participants if one.purpose == "agent")
    equal(agent.calls[0].after_call_work.state, "pending", "after-call work")
    site.control("POST", f"/simulator/calls/{call['conversationId']}/wrapup")
    fails(404, site.conversations.get_conversation, "none")


@check
def the_participant_call_drops_attributes_in_silence(site):
    call = site.call(site.agents[0])
    conversation, participant = call["conversationId"], call["agentParticipantId"]
    # What the forum's script sends: the SDK's own class has no such field, so the body is a plain one.
    site.conversations.patch_conversations_call_participant(
        conversation, participant, {"attributes": {"wfm_status": "Break"}}
    )
    flat = site.conversations.get_conversations_call(conversation)
    agent = next(one for one in flat.participants if one.id == participant)
    equal(agent.attributes, {}, "attributes")
    update = sdk.MediaParticipantRequest()
    update.held = True
    site.conversations.patch_conversations_call_participant(conversation, participant, update)
    flat = site.conversations.get_conversations_call(conversation)
    equal(next(one for one in flat.participants if one.id == participant).held, True, "held")
    update = sdk.MediaParticipantRequest()
    update.state = "disconnected"
    site.conversations.patch_conversations_call_participant(conversation, participant, update)
    update = sdk.MediaParticipantRequest()
    update.wrapup = sdk.WrapupInput()
    update.wrapup.code = "done"
    site.conversations.patch_conversations_call_participant(conversation, participant, update)
    flat = site.conversations.get_conversations_call(conversation)
    agent = next(one for one in flat.participants if one.id == participant)
    equal(agent.state, "terminated", "state")
    equal(agent.wrapup.code, "done", "wrap-up")


@check
def the_attributes_calls_do_write(site):
    call = site.call(site.agents[0])
    conversation, participant = call["conversationId"], call["agentParticipantId"]
    body = sdk.ParticipantAttributes()
    body.attributes = {"wfm_status": "Break"}
    written = site.conversations.patch_conversations_call_participant_attributes(conversation, participant, body)
    equal(written.attributes, {"wfm_status": "Break"}, "reply")
    body.attributes = {"ticket": "7"}
    site.conversations.patch_conversation_participant_attributes(conversation, participant, body)
    flat = site.conversations.get_conversations_call(conversation)
    agent = next(one for one in flat.participants if one.id == participant)
    equal(agent.attributes, {"wfm_status": "Break", "ticket": "7"}, "merged")
    body.attributes = {"ticket": 7}
    fails(400, site.conversations.patch_conversation_participant_attributes, conversation, participant, body)
    for step in ("hangup", "wrapup"):
        site.control("POST", f"/simulator/calls/{conversation}/{step}")


@check
def custom_attributes_are_versioned(site):
    conversation = site.call(site.agents[0])["conversationId"]
    request = sdk.ConversationJsonSchemaRequest()
    request.title = f"Workforce {time.time_ns()}"
    request.properties = {"status": {"allOf": [{"$ref": "#/definitions/text"}], "title": "Status"}}
    schema = site.conversations.post_conversations_customattributes_schemas(request)
    equal(schema.json_schema.title, request.title, "title")
    equal(site.conversations.get_conversations_customattributes_schema(schema.id).version, 1, "schema version")
    listing = site.conversations.get_conversations_customattributes_schemas()
    assert schema.id in [one.id for one in listing.entities], "listed"
    body = {"id": "wfm", "schemaId": "unknown", "customAttributes": {"status": "Break"}}
    fails(400, site.conversations.put_conversation_customattributes, conversation, body=body)
    body["schemaId"] = schema.id
    equal(site.conversations.put_conversation_customattributes(conversation, body=body).id, "wfm", "id")
    amend = {"id": "wfm", "version": 1, "customAttributes": {"status": "Meal"}}
    site.conversations.patch_conversation_customattributes(conversation, body=amend)
    found = site.conversations.get_conversation_customattribute(conversation, "wfm")
    equal(found.version, 2, "version")
    equal(found.custom_attributes, {"status": "Meal"}, "values")
    equal(found.schema.id, schema.id, "schema")
    fails(409, site.conversations.patch_conversation_customattributes, conversation, body=amend)
    for step in ("hangup", "wrapup"):
        site.control("POST", f"/simulator/calls/{conversation}/{step}")


@check
def adherence_is_computed(site):
    user = site.agents[0]
    site.control("PUT", f"/simulator/agents/{user}/schedule", {"activity": "OnQueueWork"})
    read = lambda: site.workforce.get_workforcemanagement_adherence([user])[0]
    eventually(lambda: read().adherence_state == "InAdherence", "in adherence on queue")
    site.control("POST", f"/simulator/agents/{user}/presence", {"label": "Coffee"})
    # Adherence lags: the agent may still be out of it for what came before.
    at_coffee = lambda one: one.adherence_state == "OutOfAdherence" and one.actual_activity_category == "Break"
    eventually(lambda: at_coffee(read()), "out of adherence at the coffee")
    now = read()
    equal(now.user.id, user, "user")
    equal(now.scheduled_activity_category, "OnQueueWork", "scheduled")
    equal(now.actual_activity_category, "Break", "actual")
    equal(now.impact, "Negative", "impact")
    equal(now.organization_secondary_presence_id, site.definition("Coffee", "Break").id, "secondary presence")
    equal(now.management_unit.id, site.organization["managementUnitId"], "management unit")
    assert now.time_of_adherence_change is not None, "time of change"
    everyone = site.workforce.get_workforcemanagement_managementunit_adherence(now.management_unit.id)
    equal(len(everyone.entities), len(site.agents), "the whole unit")
    fails(400, site.workforce.get_workforcemanagement_adherence, ["x"] * 101)


@check
def activity_codes_and_management_unit(site):
    unit = site.workforce.get_workforcemanagement_agent_managementunit(site.agents[0])
    equal(unit.management_unit.id, site.organization["managementUnitId"], "management unit")
    codes = site.workforce.get_workforcemanagement_businessunit_activitycodes(unit.business_unit.id).entities
    categories = {one.id: one.category for one in codes}
    equal(categories["1"], "Break", "code 1")
    equal(categories["2"], "Meal", "code 2")
    assert any(one.secondary_presences for one in codes), "a code with a linked presence"


@check
def an_explanation_explains(site):
    # Its own agent: an explanation would hide what the adherence check looks at.
    user = site.agents[4]
    site.control("PUT", f"/simulator/agents/{user}/schedule", {"activity": "OnQueueWork"})
    site.control("POST", f"/simulator/agents/{user}/presence", {"system": "Break"})
    body = sdk.AddAdherenceExplanationAdminRequest()
    body.type = "Late"
    body.start_date = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 60))
    body.length_minutes = 15
    body.notes = "on a call when the break began"
    body.status = "Approved"
    job = site.workforce.post_workforcemanagement_agent_adherence_explanations(user, body).job
    equal(job.type, "AddExplanation", "job type")
    result = lambda: site.workforce.get_workforcemanagement_adherence_explanations_job(job.id)
    eventually(lambda: result().status == "Complete", "the job is complete")
    equal(result().adherence_explanation.status, "Approved", "status")
    equal(result().adherence_explanation.agent.id, user, "agent")
    eventually(
        lambda: site.workforce.get_workforcemanagement_adherence([user])[0].adherence_state == "Explained", "explained"
    )


@check
def explanations_are_queried_by_a_job(site):
    user = site.agents[5]
    begin = time.time() - 60
    moment = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))
    body = sdk.AddAdherenceExplanationAdminRequest()
    body.type = "Late"
    body.start_date = moment(begin)
    body.length_minutes = 15
    body.status = "Approved"
    jobs = [site.workforce.post_workforcemanagement_agent_adherence_explanations(user, body).job for _ in range(2)]
    result = lambda job: site.workforce.get_workforcemanagement_adherence_explanations_job(job.id)
    eventually(lambda: all(result(job).status == "Complete" for job in jobs), "both are added")
    query = sdk.AgentQueryAdherenceExplanationsRequest()
    query.start_date = moment(begin)
    query.end_date = moment(begin + 900)
    job = site.workforce.post_workforcemanagement_agent_adherence_explanations_query(user, query).job
    equal(job.type, "QueryAgentExplanations", "job type")
    eventually(lambda: result(job).status == "Complete", "the query is complete")
    with urllib.request.urlopen(result(job).download_url, timeout=10) as response:
        entities = json.loads(response.read())["entities"]
    equal(len(entities), 2, "both are listed")
    equal({one["agent"]["id"] for one in entities}, {user}, "agent")
    one = site.workforce.get_workforcemanagement_agent_adherence_explanation(user, entities[0]["id"])
    equal(one.length_minutes, 15, "length")
    change = sdk.UpdateAdherenceExplanationStatusRequest()
    change.status = "Denied"
    job = site.workforce.patch_workforcemanagement_agent_adherence_explanation(user, one.id, change).job
    eventually(lambda: result(job).status == "Complete", "the change is complete")
    equal(result(job).adherence_explanation.status, "Denied", "status")
    site.control("PATCH", "/simulator/settings", {"explanationQueriesAnswerAtOnce": True, "explanationError": None})
    at_once = site.workforce.post_workforcemanagement_agent_adherence_explanations_query(user, query)
    equal(len(at_once.result.entities), 2, "at once")
    site.control(
        "PATCH", "/simulator/settings", {"explanationQueriesAnswerAtOnce": False, "explanationError": "No space left."}
    )
    job = site.workforce.post_workforcemanagement_agent_adherence_explanations(user, body).job
    eventually(lambda: result(job).status == "Error", "a failed job")
    equal(result(job).error.message, "No space left.", "error")
    site.control("PATCH", "/simulator/settings", {"explanationError": None})


@check
def an_agent_outside_workforce_management_is_absent(site):
    some = site.agents[6:8]
    site.control("PATCH", f"/simulator/agents/{some[0]}", {"workforce": False})
    equal([one.user.id for one in site.workforce.get_workforcemanagement_adherence(some)], some[1:], "users")
    site.control("PATCH", f"/simulator/agents/{some[0]}", {"workforce": True})


@check
def an_adherence_write_does_not_exist(site):
    request = urllib.request.Request(
        f"{site.base}/api/v2/wfm/users/{site.agents[0]}/adherence", data=b"{}", method="PUT"
    )
    request.add_header("Authorization", f"Bearer {site.client.access_token}")
    try:
        urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        equal(error.code, 404, "status")
        equal(json.loads(error.read())["code"], "not.found", "code")
    else:
        raise AssertionError("the invented endpoint exists")


@check
def a_revoked_token_is_401(site):
    site.control("POST", "/simulator/tokens/revoke")
    fails(401, site.users.get_users)
    site.client.get_client_credentials_token(site.client_id, site.client_secret)
    equal(len(site.users.get_users(page_size=1).entities), 1, "after a new token")


def main(arguments):
    if not 1 <= len(arguments) <= 3:
        print(__doc__, file=sys.stderr)
        return 2
    client_id = arguments[1] if len(arguments) > 1 else os.environ.get("GENESYS_CLIENT_ID", "simulator")
    secret = arguments[2] if len(arguments) > 2 else os.environ.get("GENESYS_CLIENT_SECRET", "simulator")
    # Deprecated calls are checked on purpose, and the SDK turns its own warnings back on.
    warnings.showwarning = lambda *ignored, **also: None
    try:
        site = Site(arguments[0], client_id, secret)
    except Exception as error:  # nothing can be checked without it
        print(f"cannot use {arguments[0]}: {error}", file=sys.stderr)
        print(f"0 passed, {len(CHECKS)} failed")
        return 1
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            site.control("POST", f"/simulator/agents/{site.agents[0]}/presence", {"system": "OnQueue"})
            function(site)
            print(f"ok    {name}")
        except Exception as error:
            failed += 1
            print(f"FAIL  {name}: {error}")
            if not isinstance(error, AssertionError):
                traceback.print_exc()
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
