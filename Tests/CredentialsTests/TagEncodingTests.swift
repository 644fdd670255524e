// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import Testing

@Suite("How signatures are written")
struct TagEncodingTests {
    @Test("every number of bytes is read back, in either encoding", arguments: 0..<70)
    func readsBack(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
        let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(TagEncoding.hex.decode(hex.utf8, count: count) == bytes)
        #expect(TagEncoding.hex.decode(hex.uppercased().utf8, count: count) == bytes)
        #expect(TagEncoding.hex.decode(hex.utf8, count: count + 1) == nil)
        let base64 = Data(bytes).base64EncodedString()
        #expect(TagEncoding.base64.decode(base64.utf8, count: count) == bytes)
        #expect(TagEncoding.base64.decode(base64.utf8, count: count + 1) == nil)
        if count > 0 {
            #expect(TagEncoding.hex.decode(hex.utf8, count: count - 1) == nil)
            #expect(TagEncoding.base64.decode(base64.utf8, count: count - 1) == nil)
        }
    }

    @Test(
        "base64 has one way to write bytes",
        arguments: [("Zg==", 1, true), ("Zh==", 1, false), ("Zg=", 1, false), ("Zg", 1, false), ("Zg==\n", 1, false)]
            + [("Zm8=", 2, true), ("Zm9=", 2, false), ("+/+/", 3, true), ("-_-_", 3, false), ("Zm\n8", 3, false)]
            + [("Zg=g", 2, false), ("====", 0, false), (" Zg=", 1, false)]
    )
    func isCanonical(text: String, count: Int, isRead: Bool) {
        #expect((TagEncoding.base64.decode(text.utf8, count: count) != nil) == isRead)
    }

    @Test("digests are equal or not; other lengths are different")
    func comparison() {
        #expect(ConstantTime.areEqual([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2]))
        #expect(!ConstantTime.areEqual([], [0]))
    }
}
