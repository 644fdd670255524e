// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Testing

@testable import Delivery

@Suite("DeliveryBatch")
struct DeliveryBatchTests {
    private func batch(_ lane: CallLanes.Lane, _ agentIDs: String...) -> DeliveryBatch {
        var batch = DeliveryBatch(lane: lane, part: nil)
        let target = PresenceTarget(definitionID: "break", system: .break)
        for id in agentIDs { batch.add(id, lane.isWrite ? .write(target) : .read) }
        return batch
    }

    private func presence(_ id: String, _ definitionID: String = "break") -> UserPresence {
        UserPresence(userID: id, definitionID: definitionID, system: nil, message: "", modifiedAt: nil)
    }

    private func words(_ batch: DeliveryBatch, _ result: Result<[UserPresence], GenesysAPIError>) -> [String] {
        batch.answers(result).map { agentID, answer in
            switch answer {
            case .leftOut(let many): "\(agentID) left out" + (many ? " with many" : "")
            case .refusedTogether: "\(agentID) refused together"
            case .result(.success(let presence)): "\(agentID) \(presence.definitionID)"
            case .result(.failure(let error)): "\(agentID) \(error.code)"
            }
        }
    }

    @Test("a bulk write's answer is compared with what was sent, in whatever order it comes")
    func write() {
        let answer = [presence("stranger"), presence("c", "available"), presence("a")]
        #expect(words(batch(.write, "a", "b", "c"), .success(answer)) == ["a break", "b left out", "c left out"])
    }

    @Test("an answer that leaves out more than a few says that of each")
    func empty() {
        let words = words(batch(.write, "a", "b", "c", "d", "e"), .success([presence("e")]))
        #expect(words.first == "a left out with many")
        #expect(words.last == "e break")
    }

    @Test("a bulk read's answer is whatever each agent has")
    func read() {
        let answer = [presence("b", "available"), presence("b", "meal")]
        #expect(words(batch(.verify, "a", "b"), .success(answer)) == ["a left out", "b available"])
    }

    @Test("whom a wide read leaves out is read again, with others")
    func wideRead() {
        var batch = DeliveryBatch(lane: .verify, part: nil)
        for index in 1...51 { batch.add("agent-\(index)", .read) }
        #expect(batch.isWideRead)
        let words = words(batch, .success((2...51).map { presence("agent-\($0)") }))
        #expect(words.first == "agent-1 refused together")
        #expect(words.last == "agent-51 break")
    }

    @Test("a single call's answer is the agent's, also when it shows something else")
    func single() {
        #expect(words(batch(.writeAlone, "a"), .success([presence("A", "meal")])) == ["a meal"])
        let error = GenesysAPIError(.badRequest, status: 400, message: "")
        #expect(words(batch(.write, "a"), .failure(error)) == ["a badRequest"])
    }

    @Test(
        "what need not be every agent's fault refuses them together, anything else is each one's answer",
        arguments: [
            (GenesysAPIError.Code.badRequest, true), (.forbidden, true), (.notFound, true), (.unauthorized, false),
            (.conflict, false), (.rateLimited, false), (.server, false), (.timeout, false), (.unexpectedBody, false),
        ]
    )
    func failure(code: GenesysAPIError.Code, isTogether: Bool) {
        let batch = batch(.write, "a", "b")
        let result = Result<[UserPresence], GenesysAPIError>.failure(GenesysAPIError(code, message: ""))
        #expect(batch.isRefusedTogether(result) == isTogether)
        let word = isTogether ? "refused together" : code.description
        #expect(words(batch, result) == ["a \(word)", "b \(word)"])
    }
}
