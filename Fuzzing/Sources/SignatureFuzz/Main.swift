// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CLibFuzzer
import Credentials
import Foundation
import FuzzRunner
import GenesysEvents
import HTTPServer

@testable import Ingest

/// Any bytes as the header fields that prove a sender: never a crash, and nothing is accepted but what was signed.
///
/// An input is the values of the three fields of Standard Webhooks, and then that of an HMAC in hexadecimal and in base64,
/// with NUL between them. `SignatureFuzz --seeds FOLDER` writes inputs that are accepted.
@main
struct Main {
    static func main() throws {
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
            try writeSeeds(to: CommandLine.arguments[2])
        } else {
            runFuzzer(take)
        }
    }

    private static let take: clibfuzzer_target = { data, size in
        check(Array(UnsafeBufferPointer(start: data, count: size)))
        return 0
    }

    // MARK: - What is known

    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let body = Array(#"{"topicName":"v2.users.a.presence"}"#.utf8)
    private static let seconds: Int64 = 1_700_000_000
    private static let tolerance: Int64 = 300
    private static let now = Timestamp(milliseconds: seconds * 1000)
    private static let standard = StandardWebhooksScheme(
        secrets: [Credential(secret)],
        tolerance: .seconds(tolerance)
    )
    private static let hex = HMACScheme(header: "X-Hex", prefix: "sha256=", secrets: ["a secret of the fuzzer"])
    private static let base64 = HMACScheme(
        header: "X-Base64",
        algorithm: .sha1,
        encoding: .base64,
        secrets: ["a secret of the fuzzer"]
    )
    private static let tags = (
        hex: HMACAlgorithm.sha256.tag(of: body, key: Array("a secret of the fuzzer".utf8)),
        base64: HMACAlgorithm.sha1.tag(of: body, key: Array("a secret of the fuzzer".utf8))
    )

    private static func signature(id: String, at time: Int64) -> String? {
        WebhookSigningKey(secret)?.signature(id: id, timestamp: Timestamp(milliseconds: time * 1000), body: body)
    }

    // MARK: - Checks

    private static func check(_ input: [UInt8]) {
        let fields = input.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        func field(_ index: Int) -> String { index < fields.count ? fields[index] : "" }
        var headers: HTTPHeaders = [:]
        headers["webhook-id"] = field(0)
        headers["webhook-timestamp"] = field(1)
        headers["webhook-signature"] = field(2)
        headers["X-Hex"] = field(3)
        headers["X-Base64"] = field(4)
        let request = HTTPRequest(
            method: .post,
            target: "/v1/events",
            headers: headers,
            body: body,
            remoteAddress: "127.0.0.1"
        )
        if standard.verdict(on: request, body: body, now: now) == .accepted {
            let time = Int64(field(1)) ?? .min
            precondition(abs(time - seconds) <= tolerance, "accepted outside the tolerance")
            let expected = signature(id: field(0), at: time) ?? ""
            precondition(field(2).split(separator: " ").contains { $0 == expected }, "accepted without a signature")
        }
        if hex.verdict(on: request, body: body, now: now) == .accepted {
            precondition(field(3).lowercased() == "sha256=" + hexadecimal(tags.hex), "accepted another tag")
        }
        if base64.verdict(on: request, body: body, now: now) == .accepted {
            precondition(field(4) == Data(tags.base64).base64EncodedString(), "accepted another tag")
        }
        // The list of signatures again, whatever stands around it.
        if let list = SignatureList(field(2)) {
            precondition(list.symmetric.allSatisfy { $0.count == 32 } && list.asymmetric.allSatisfy { $0.count == 64 })
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func writeSeeds(to folder: String) throws {
        for (number, offset) in [0, -tolerance, tolerance, tolerance + 1].enumerated() {
            let time = seconds + offset
            let values = [
                "msg_\(number)", "\(time)", "v1a,AAAA \(signature(id: "msg_\(number)", at: time) ?? "")",
                "sha256=" + hexadecimal(tags.hex), Data(tags.base64).base64EncodedString(),
            ]
            try Data(values.joined(separator: "\0").utf8).write(to: URL(filePath: "\(folder)/signed-\(number)"))
        }
    }
}
