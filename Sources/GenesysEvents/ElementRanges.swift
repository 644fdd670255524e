// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Finds where objects begin and end from the token offsets that simdjson has anyway, so that no byte is read twice.
enum ElementRanges {
    /// The objects that are the elements of the array which the (valid) content is.
    static func elements(
        _ structurals: UnsafeBufferPointer<UInt32>,
        in content: UnsafeBufferPointer<UInt8>
    ) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var depth = 0
        var start = 0
        for structural in structurals {
            let offset = Int(structural)
            switch content[offset] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 1 { start = offset }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 1 { ranges.append(start..<offset + 1) }
            default: break
            }
        }
        return ranges
    }

    /// The objects that follow each other with a line break between; `nil` when the content is anything else.
    static func documents(_ structurals: [Int], in content: UnsafeBufferPointer<UInt8>) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        var depth = 0
        var start = 0
        for offset in structurals {
            guard offset < content.count else { return nil }
            switch content[offset] {
            case UInt8(ascii: "{"):
                if depth == 0 {
                    if let last = ranges.last, !content[last.upperBound..<offset].contains(UInt8(ascii: "\n")) {
                        return nil
                    }
                    start = offset
                }
                depth += 1
            case UInt8(ascii: "}") where depth > 0:
                depth -= 1
                if depth == 0 { ranges.append(start..<offset + 1) }
            default:
                guard depth > 0 else { return nil }
            }
        }
        return depth == 0 ? ranges : nil
    }
}
