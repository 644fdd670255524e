#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""Lets the relay act on a flagged call, and reads what it did back from the simulator through the official Genesys SDK.

usage: relay_check.py SIMULATOR RELAY ADMIN_TOKEN

Both addresses are what the two print. The simulator's events have to go to the relay, whose rule `flagged` sets Break with
an explanation and tags the conversation when wfm_status is Break; scripts/sdk-check.sh starts them so. Needs the package
PureCloudPlatformClientV2. Prints `N passed, N failed`; exits 1 when a check failed.
"""

import json
import sys
import time
import traceback
import urllib.error
import urllib.request
import warnings

import PureCloudPlatformClientV2 as sdk

from sdk_check import Site, equal, eventually

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Scene:
    """An agent on a flagged call, as the relay and the SDK see it."""

    def __init__(self, simulator, relay, token):
        self.site = Site(simulator, "simulator", "simulator")
        self.relay = relay.rstrip("/")
        self.token = token
        self.agent = self.site.agents[0]
        self.site.control("PUT", f"/simulator/agents/{self.agent}/schedule", {"activity": "OnQueueWork"})
        self.before = self.presence().id
        call = self.site.call(self.agent)
        self.conversation = call["conversationId"]
        # What a desktop's script does, by the SDK.
        body = sdk.ParticipantAttributes()
        body.attributes = {"wfm_status": "Break"}
        self.site.conversations.patch_conversation_participant_attributes(
            self.conversation, call["agentParticipantId"], body
        )
        eventually(lambda: self.view().get("delivery", {}).get("state") == "confirmed", "the relay confirms", 20)

    def view(self):
        request = urllib.request.Request(f"{self.relay}/v1/agents/{self.agent}")
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return {}
            raise

    def presence(self):
        return self.site.presence.get_user_presence(self.agent, "PURECLOUD").presence_definition

    def adherence(self):
        return self.site.workforce.get_workforcemanagement_adherence([self.agent])[0]


@check
def the_presence_is_what_the_rule_wants(scene):
    equal(scene.presence().system_presence, "Break", "system presence")
    equal(scene.view()["presence"]["definitionId"], scene.presence().id, "what the relay knows")
    user = scene.site.users.get_user(scene.agent, expand=["presence", "routingStatus"])
    equal(user.presence.presence_definition.system_presence, "Break", "presence of the user")


@check
def workforce_management_sees_the_break_and_the_explanation(scene):
    eventually(lambda: scene.adherence().actual_activity_category == "Break", "the activity is Break", 10)
    eventually(lambda: scene.adherence().adherence_state == "Explained", "adherence is Explained", 10)
    equal(scene.adherence().scheduled_activity_category, "OnQueueWork", "scheduled")


@check
def there_is_one_explanation(scene):
    moment = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + seconds))
    query = sdk.AgentQueryAdherenceExplanationsRequest()
    query.start_date = moment(-3600)
    query.end_date = moment(3600)
    job = scene.site.workforce.post_workforcemanagement_agent_adherence_explanations_query(scene.agent, query).job
    result = lambda: scene.site.workforce.get_workforcemanagement_adherence_explanations_job(job.id)
    eventually(lambda: result().status == "Complete", "the query is complete")
    with urllib.request.urlopen(result().download_url, timeout=10) as response:
        found = json.loads(response.read())["entities"]
    equal(len(found), 1, "explanations")
    one = scene.site.workforce.get_workforcemanagement_agent_adherence_explanation(scene.agent, found[0]["id"])
    equal(one.length_minutes, 15, "length")
    equal(one.status, "Approved", "status")
    equal(one.notes, "set by flagged", "notes")


@check
def the_conversation_is_tagged(scene):
    schemas = scene.site.conversations.get_conversations_customattributes_schemas().entities
    schema = next(one for one in schemas if one.json_schema.title == "Presence Relay check")
    written = lambda: [
        one
        for one in scene.site.control("GET", "/simulator/attributes")["writes"]
        if one["conversationId"] == scene.conversation and "customAttributesId" in one
    ]
    eventually(written, "custom attributes are written", 10)
    found = scene.site.conversations.get_conversation_customattribute(
        scene.conversation, written()[0]["customAttributesId"]
    )
    equal(found.schema.id, schema.id, "schema")
    equal(found.custom_attributes, {"wfm_status": "Break", "rule": "flagged"}, "values")


@check
def the_end_of_the_call_brings_back_what_was_there(scene):
    for step in ("hangup", "wrapup"):
        scene.site.control("POST", f"/simulator/calls/{scene.conversation}/{step}")
    eventually(lambda: scene.presence().id == scene.before, "the presence from before", 10)
    eventually(lambda: "wanted" not in scene.view(), "released", 10)
    equal(scene.site.control("GET", "/simulator/usage")["presenceWrites"], 2, "presence writes")


def main(arguments):
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    # Deprecated calls are checked on purpose, and the SDK turns its own warnings back on.
    warnings.showwarning = lambda *ignored, **also: None
    try:
        scene = Scene(*arguments)
    except Exception as error:  # nothing can be checked without it
        print(f"the relay has not acted: {error}", file=sys.stderr)
        print(f"0 passed, {len(CHECKS)} failed")
        return 1
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function(scene)
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
