// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import Testing

@Suite("WebhookSigningKey")
struct WebhookSigningKeyTests {
    /// Secret, id, time and body of the examples of the Standard Webhooks libraries; the second secret and the body
    /// beyond ASCII were signed with their Python package (standardwebhooks 1.1.0).
    @Test(
        "signatures are those of the specification's own libraries",
        arguments: [
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330,
                #"{"test": 2432232314}"#, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
            ),
            (
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330,
                #"{"test": 2432232314}"#, "v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44="
            ),
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_ü", 1_700_000_000,
                #"{"name":"Zoë","emoji":"☕"}"#, "v1,UnZk5eJ+1w9/K+hYPoclTzGL+cBTfbcqYN+zl9YiVS4="
            ),
        ]
    )
    func vectors(secret: String, id: String, seconds: Int64, body: String, signature: String) throws {
        let key = try #require(WebhookSigningKey(secret))
        let time = Timestamp(milliseconds: seconds * 1000 + 999)
        #expect(key.signature(id: id, timestamp: time, body: Array(body.utf8)) == signature)
    }

    @Test(
        "what is no key of 24 to 64 bytes is refused",
        arguments: [
            ("whsec_" + Data(repeating: 7, count: 24).base64EncodedString(), true),
            ("whsec_" + Data(repeating: 7, count: 64).base64EncodedString(), true),
            ("whsec_" + Data(repeating: 7, count: 23).base64EncodedString(), false),
            ("whsec_" + Data(repeating: 7, count: 65).base64EncodedString(), false),
            (Data(repeating: 7, count: 32).base64EncodedString(), false),
            ("whsec_", false), ("whsec_not base64 at all, whatever it is", false),
        ]
    )
    func keys(text: String, isKey: Bool) {
        #expect((WebhookSigningKey(text) != nil) == isKey)
    }
}
