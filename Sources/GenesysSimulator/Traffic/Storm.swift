// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The same thing for many agents at once: a call with attributes each, or a presence each.
///
/// It goes on in slices, so that requests are answered meanwhile.
struct Storm: Sendable {
    /// Still to come.
    var agents: ArraySlice<Int>
    /// By hand, instead of a call.
    var presence: PresenceDefinition?
    var attributes = JSONObject()
    /// From the answer to the hang-up; `nil` = the calls stay.
    var talk: Duration?
    var afterCallWork: Duration = .seconds(2)

    static let slice = 100

    mutating func performSlice(_ organization: inout SimulatedOrganization, now: Timestamp) {
        for index in agents.prefix(Self.slice) {
            if let presence {
                organization.setPresence(of: index, to: presence, message: "", now: now)
            } else {
                call(index, &organization, now: now)
            }
        }
        agents = agents.dropFirst(Self.slice)
    }

    private func call(_ index: Int, _ organization: inout SimulatedOrganization, now: Timestamp) {
        let id = organization.openCall(now: now)
        do {
            try organization.alert(id, agent: index, now: now)
            try organization.answer(id, now: now)
        } catch {
            // A call that was just opened waits in the queue, so that both steps are allowed.
            return
        }
        if !attributes.isEmpty, let leg = organization.conversations[id]?.currentAgent {
            organization.writeAttributes(id, participant: leg, attributes, now: now)
        }
        guard let talk else { return }
        let end = now.advanced(by: talk)
        organization.timeline.add(.traffic(.hangUp(id)), at: end)
        organization.timeline.add(.traffic(.wrapUp(id)), at: end.advanced(by: afterCallWork))
    }
}

extension Storm {
    /// Reads `POST /simulator/storm`: `agents` (the first so many that are not Offline), `attributes` or a presence as
    /// `{"presence": {"system": "Break"}}`, `talkSeconds`, `afterCallWorkSeconds`.
    init(_ json: JSONValue, _ organization: SimulatedOrganization) throws(PlatformError) {
        let count = json["agents"]?.integerValue.map(Int.init) ?? organization.agents.count
        guard count > 0 else { throw .invalid("agents", "agents must be a positive number.") }
        var chosen: [Int] = []
        for index in organization.agents.indices where organization.agents[index].presence.system != "Offline" {
            if chosen.count == count { break }
            chosen.append(index)
        }
        agents = chosen[...]
        presence = try json["presence"].map { (wanted) throws(PlatformError) in
            try organization.namedDefinition(wanted)
        }
        if let given = json["attributes"] {
            guard let members = given.objectValue, members.allSatisfy({ $0.value.stringValue != nil }) else {
                throw .malformed
            }
            attributes = members
        }
        func seconds(_ name: String) throws(PlatformError) -> Duration? {
            guard let value = json[name]?.doubleValue else { return nil }
            guard (0...86_400).contains(value) else { throw .invalid(name, "\(name) must be between 0 and 86400.") }
            return .milliseconds(Int64(value * 1000))
        }
        talk = try seconds("talkSeconds")
        afterCallWork = try seconds("afterCallWorkSeconds") ?? afterCallWork
    }
}
