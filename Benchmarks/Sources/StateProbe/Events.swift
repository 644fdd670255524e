// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

/// Events about one agent, as bare notifications with a time beside. Ids are those of Genesys: texts of 36 letters; each
/// agent is in a team of 20, a management unit of 200 and five of 100 queues.
struct Events {
    let agent: String
    private let number: Int
    private var second = 0

    init(_ number: Int) {
        self.number = number
        agent = EventBodies.agent(number)
    }

    private func id(_ kind: String, _ number: Int) -> String { kind + String(format: "-0000-4000-8000-%012x", number) }

    private mutating func event(_ topic: String, _ body: String) -> String {
        let time = nextTime()
        return
            #"{"topicName":"v2.users.\#(agent).\#(topic)","version":"2","eventBody":\#(body),"timestamp":"\#(time)"}"#
    }

    private mutating func nextTime() -> String {
        second += 1
        return String(format: "2026-03-02T09:%02d:%02d.000Z", second / 60, second % 60)
    }

    private var queues: [String] { (0..<5).map { id("22222222", (number + $0 * 20) % 100) } }

    /// All that is known beside conversations.
    var idle: [String] {
        mutating get {
            let definition =
                #""presenceDefinition":{"id":"e08eaf1b-ee47-4fa9-a231-1200e284798f","systemPresence":"ON_QUEUE"}"#
            let list = queues.map { #""\#($0)""# }.joined(separator: ",")
            let references = queues.map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
            let time = "2026-03-02T08:59:00.000Z"
            return [
                event(
                    "presence",
                    #"{"source":"PURECLOUD",\#(definition),"primary":true,"message":"","modifiedDate":"\#(time)"}"#
                ),
                event("routingStatus", #"{"id":"\#(agent)","routingStatus":{"status":"IDLE","startTime":"\#(time)"}}"#),
                event(
                    "activity",
                    #"{"id":"\#(agent)","routingStatus":{"status":"IDLE","startTime":"\#(time)"},"presence":{\#(definition),"#
                        + #""presenceMessage":"","modifiedDate":"\#(time)"},"outOfOffice":{"active":false,"#
                        + #""modifiedDate":"2026-01-05T09:00:00.000Z"},"activeQueueIds":[\#(list)],"#
                        + #""dateActiveQueuesChanged":"\#(time)"}"#
                ),
                event("outofoffice", #"{"user":{"id":"\#(agent)"},"active":false,"indefinite":false}"#),
                event(
                    "workforcemanagement.adherence",
                    #"{"user":{"id":"\#(agent)"},"managementUnitId":"\#(id("88888888", number / 200))","#
                        + #""businessUnitId":"\#(id("99999999", 1))","team":{"id":"\#(id("77777777", number / 20))"},"#
                        + #""scheduledActivityCategory":"OnQueueWork","scheduledActivityCode":{"id":"0"},"#
                        + #""systemPresence":"On Queue","routingStatus":"IDLE","actualActivityCategory":"OnQueueWork","#
                        + #""isOutOfOffice":false,"adherenceState":"InAdherence","impact":"Neutral","#
                        + #""adherenceChangeTime":"\#(time)","activeQueues":[\#(references)],"#
                        + #""activeQueuesModifiedTime":"\#(time)","removedFromManagementUnit":false,"#
                        + #""nextActivityReminders":[{"activityCategory":"Break","startDate":"2026-03-02T10:15:00.000Z"},"#
                        + #"{"activityCategory":"Meal","startDate":"2026-03-02T12:00:00.000Z"}]}"#
                ),
            ]
        }
    }

    /// A queue call with twenty attributes of the customer and two of the agent, as the topic of all media has it.
    mutating func call(state: String, flag: String) -> String {
        conversation(
            "calls",
            id("33333333", number),
            state,
            #""recordingState":"active","muted":false,"confined":false,"#,
            flag
        )
    }

    /// A chat of the same agent.
    mutating func chat() -> String { conversation("chats", id("34343434", number), "connected", "", "") }

    private mutating func conversation(
        _ media: String,
        _ conversation: String,
        _ state: String,
        _ fields: String,
        _ flag: String
    ) -> String {
        let attributes = (0..<20).map { #""ivr_\#($0)":"answer \#($0) of the customer""# }.joined(separator: ",")
        let rest =
            #""initialState":"alerting","direction":"inbound","held":false,\#(fields)"provider":"Edge","#
            + #""connectedTime":"2026-03-02T09:00:30.000Z","self":{"name":"A","addressRaw":"sip:a@b.example"},"#
            + #""other":{"name":"B","addressRaw":"sip:b@b.example"}"#
        let queue = queues[0]
        func leg(_ place: Int, _ state: String) -> String {
            let end = #""disconnectType":"transfer","disconnectedTime":"2026-03-02T09:00:31.000Z","#
            let fields = #""id":"\#(id("5555555\(place)", number))","state":"\#(state)","#
            return #""\#(media)":[{\#(fields)\#(state == "terminated" ? end : "")\#(rest)}]"#
        }
        func party(_ place: Int, _ fields: String, _ state: String) -> String {
            #"{"id":"\#(id("4444444\(place)", number))",\#(fields),\#(leg(place, state))}"#
        }
        let own: [String] = [
            #""purpose":"agent","userId":"\#(agent)","name":"Agent \#(number) of many","queueId":"\#(queue)""#,
            #""wrapupRequired":true,"wrapupPrompt":"mandatory","wrapupTimeoutMs":30000,"mediaRoles":["full"]"#,
            #""connectedTime":"2026-03-02T09:00:30.000Z""#,
            #""attributes":{"wfm_status":"\#(flag)","skill":"billing"}"#,
        ]
        let participants: [String] = [
            party(0, #""purpose":"customer","attributes":{\#(attributes)}"#, "connected"),
            party(1, #""purpose":"ivr","attributes":{}"#, "terminated"),
            party(2, #""purpose":"acd","queueId":"\#(queue)","attributes":{}"#, "terminated"),
            party(3, own.joined(separator: ","), state),
        ]
        return event(
            "conversations",
            #"{"id":"\#(conversation)","participants":[\#(participants.joined(separator: ","))]}"#
        )
    }
}
