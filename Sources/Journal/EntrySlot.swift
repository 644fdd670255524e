// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The number that leads an entry's key in the index: follows from the entry, and grows with time.
struct EntrySlot {
    let value: Int64
    /// Whether the key stands for content, whose duplicates end with the window.
    let isContent: Bool

    /// Content is looked for by its time of receipt, in windows; everything else where its maker put it.
    ///
    /// Two comings of the same content in one slot are less than a window apart, so (slot, key) is unique for both.
    init(_ entry: JournalEntry, contentWindow: Duration) {
        isContent = entry.key.utf8.starts(with: "sha256:".utf8)
        if isContent {
            let window = max(1, Int64(contentWindow / .milliseconds(1)))
            value = entry.receivedAt.milliseconds / window
        } else {
            value = max(0, entry.madeAt?.milliseconds ?? 0)
        }
    }

    /// What a slot says of its entry's `madeAt`.
    static func madeAt(slot: Int64, key: String) -> Timestamp? {
        slot > 0 && !key.utf8.starts(with: "sha256:".utf8) ? Timestamp(milliseconds: slot) : nil
    }
}
