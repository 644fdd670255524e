// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Journal
import Logging
import StatusRules

extension Pipeline {
    /// Writes a step, and tells others of it once it is written.
    func finish(_ done: PipelineStep) async {
        var step = done
        for id in step.dirty {
            guard let record = records[id] else { continue }
            do {
                step.commit.agents.append(StoredAgent(id: id, state: try record.stored()))
            } catch {
                logger.critical("an agent's state cannot be encoded: \(error)", metadata: ["agent": "\(id)"])
            }
        }
        guard await commit(step.commit) else { return }
        for effect in step.news {
            switch effect {
            case .command(.want(let wish), let id):
                let record = records[id]
                await delivery.want(
                    wish,
                    agentID: id,
                    observed: record?.facts.presence,
                    checkFirst: record?.writes.unanswered.isEmpty == false
                )
            case .command(.withdraw, let id): await delivery.withdraw(agentID: id)
            case .command(.read, let id): await delivery.read(agentID: id)
            case .observed(let presence, let id): await delivery.observe(presence, agentID: id)
            case .errands(let errands, let id, let checkFirst): await self.errands(errands, id, checkFirst)
            case .checkAdherence(let check, let id): await checkAdherence(check, id)
            case .adherenceObserved(let seen, let id): await adherenceObserved(seen, id)
            case .readConversation(let conversation, let id): await rereadConversation(conversation, id)
            }
        }
        await tell(of: step.commit.deadLetters)
        if let applied = step.commit.position {
            position = applied
            inbox.advance(to: applied)
        }
        guard !subscribers.isEmpty else { return }
        for id in step.dirty {
            guard let record = records[id] else { continue }
            for subscriber in subscribers.values { subscriber.yield(record) }
        }
    }

    /// Until it is written: what the pipeline has decided must not go out before. `false` when it is not, because the
    /// relay stops: the entries are applied again after the next start.
    private func commit(_ commit: JournalCommit) async -> Bool {
        while true {
            do {
                try await journal.commit(commit)
                return true
            } catch {
                if error.code == .closed { return false }
                logger.error("the agents' states cannot be written; trying again: \(error)")
                if isStopped { return false }
                await pause()
            }
        }
    }

    /// Before something that has failed is tried again.
    func pause() async { try? await Task.sleep(for: .milliseconds(500)) }
}
