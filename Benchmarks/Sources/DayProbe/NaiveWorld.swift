// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A relay that turns each matching event into one PATCH: no state, no budget, no second attempt, no verification.
///
/// An event matches when it shows `wfm_status`: with a text, and the call connected, the agent gets that presence; with an
/// empty one, or at the end of the call, On Queue, for it does not know what was there before.
final class NaiveWorld {
    private let day: Day
    private let time = VirtualTime()
    private var genesys: ModelGenesys
    private var ledger: Ledger
    private var events = 0
    private var writes = 0
    private var right = 0
    private var overChoice = 0
    private var wrongRestore = 0
    private var tooLate = 0
    private var lost = 0

    init(_ day: Day, limit: Int) {
        self.day = day
        genesys = ModelGenesys(agents: day.agents, limit: limit, lostShare: 0, seed: day.seed)
        ledger = Ledger(agents: day.agents)
    }

    func run() -> WorldResult {
        time.run(day.happenings, rest: 60_000) { happening in
            ledger.take(happening)
            let now = time.milliseconds
            if happening.what == .human { _ = genesys.set(Int(happening.agent), happening.presence, now) }
            guard happening.isConversation else { return }
            time.after(genesys.eventDelay()) { [self] in receive(happening) }
        }
        ledger.close(time.milliseconds)
        let shares = [
            ("right", right), ("over the agent's own choice", overChoice), ("put back wrongly", wrongRestore),
            ("overtaken", tooLate), ("lost to 429 or an error", lost),
        ]
        let remark = shares.map { text, count in
            "\(text) \((1000 * Double(count) / Double(max(1, writes))).rounded() / 10) %"
        }
        return WorldResult(
            name: "one PATCH per matching event",
            agents: day.agents,
            limit: genesys.limit,
            events: events,
            wishes: writes,
            ledger: ledger,
            calls: ModelGenesys.CallKind.allCases.map { (name: $0.name, count: genesys.calls[$0.rawValue]) },
            refused: genesys.refused,
            shareAtLimit: genesys.shareAtLimit(of: Int64(Day.length)),
            remark: "PATCHes: " + remark.joined(separator: ", ")
        )
    }

    private func receive(_ happening: Happening) {
        events += 1
        let isOver = happening.what == .ended || happening.what == .afterCallWorkDone
        let target: Presence
        switch happening.flag {
        case .absent: return
        case .set: target = isOver ? .onQueue : happening.presence
        case .empty: target = .onQueue
        }
        writes += 1
        time.after(genesys.callDelay()) { [self] in write(target, happening) }
    }

    private func write(_ target: Presence, _ happening: Happening) {
        let agent = Int(happening.agent)
        let now = time.milliseconds
        guard genesys.admit(.patch, now) == nil, genesys.fault() != .before else { return lost += 1 }
        let wanted = ledger.wanted(agent)
        if target == wanted {
            right += 1
        } else if target == .onQueue {
            wrongRestore += 1
        } else if Presence.flags.contains(wanted) || wanted == .onQueue {
            tooLate += 1
        } else {
            overChoice += 1
        }
        if genesys.set(agent, target, now) { ledger.show(target, agent, now) }
    }
}
