// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CMalloc
import Foundation

/// What the operating system and the allocator say of this process, in bytes.
struct ProcessMemory {
    /// Resident now (`VmRSS`).
    var resident = 0
    /// The most that was ever resident (`VmHWM`).
    var peak = 0

    static var now: ProcessMemory {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        var memory = ProcessMemory()
        for line in text.split(separator: "\n") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count > 1, let kilobytes = Int(fields[1]) else { continue }
            if fields[0] == "VmRSS:" { memory.resident = kilobytes * 1024 }
            if fields[0] == "VmHWM:" { memory.peak = kilobytes * 1024 }
        }
        return memory
    }

    /// Bytes that are allocated and not freed; without what the allocator keeps in reserve.
    static var allocated: Int {
        let info = mallinfo2()
        return Int(info.uordblks) + Int(info.hblkhd)
    }
}
