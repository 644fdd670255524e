// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// Uses a journal as a relay does, on a disk that its test makes fail, and says on standard output what became of each
// entry. `JournalDriver FOLDER FIRST ROUNDS BYTES [LIFE]`: numbers from FIRST on; commits of so many bytes for each; at the
// end of that opening of the journal, 0 or 1, it waits to be killed.

import Foundation
import Journal

let arguments = CommandLine.arguments
guard arguments.count >= 5, let first = Int(arguments[2]), let rounds = Int(arguments[3]), let bytes = Int(arguments[4])
else {
    say("usage: JournalDriver FOLDER FIRST ROUNDS BYTES [LIFE]")
    exit(64)
}

do {
    var number = first
    for life in 0..<2 {
        let session = try await Session.open(folder: arguments[1], bytes: bytes)
        for round in 0..<(life == 0 ? rounds : 2) {
            number = try await session.round(from: number)
            if round % 2 == 1 { await session.prune() }
        }
        try await session.sendAllAgain(first..<number)
        if arguments.count > 5, Int(arguments[5]) == life {
            say("holding")
            while true { try await Task.sleep(for: .seconds(60)) }
        }
        await session.journal.close()
    }
    say("done \(number)")
} catch {
    say("stopped: \(error)")
    exit(1)
}
