// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import GenesysEvents
import HTTPServer

/// Signatures over id, time and body as Standard Webhooks has them: `v1` (HMAC-SHA256) and `v1a` (Ed25519).
///
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
public struct StandardWebhooksScheme: Sendable {
    private let secrets: [(key: WebhookSigningKey, credential: Credential)]
    private let publicKeys: [(key: WebhookVerificationKey, credential: Credential)]
    private let tolerance: Duration

    /// - Parameters:
    ///   - secrets: `whsec_…` of `v1`; what is no key proves nothing.
    ///   - publicKeys: `whpk_…` of `v1a`; likewise.
    ///   - tolerance: how far `webhook-timestamp` may be in the past or in the future.
    public init(secrets: [Credential], publicKeys: [Credential] = [], tolerance: Duration = .seconds(300)) {
        self.secrets = secrets.compactMap { secret in WebhookSigningKey(secret.text).map { ($0, secret) } }
        self.publicKeys = publicKeys.compactMap { key in WebhookVerificationKey(key.text).map { ($0, key) } }
        self.tolerance = tolerance
    }
}

extension StandardWebhooksScheme: CredentialScheme {
    var challenge: String { #"StandardWebhooks realm="presence-relay""# }

    func verdict(on request: HTTPRequest, body: [UInt8], now: Timestamp) -> CredentialVerdict {
        let headers = request.headers
        let fields = [headers.evidence("webhook-id"), headers.evidence("webhook-timestamp")]
        let signature = headers.evidence("webhook-signature")
        if (fields + [signature]).allSatisfy(\.isAbsent) { return .missing }
        guard case .value(let id) = fields[0], case .value(let timestamp) = fields[1],
            case .value(let list) = signature,
            // With a dot in it, one signature would be that of several messages.
            !id.contains("."), let seconds = Self.seconds(timestamp), let signatures = SignatureList(list)
        else { return .malformed }

        let content = StandardWebhooks.signedContent(id: id, timestamp: timestamp, body: body)
        var verdict = CredentialVerdict.wrong
        func matched(_ credential: Credential) {
            let isRecent = isWithinTolerance(seconds, now: now)
            let found: CredentialVerdict =
                !credential.isAccepted(at: now) ? .expired : isRecent ? .accepted : .outOfTolerance
            verdict = max(verdict, found)
        }
        for (key, credential) in secrets {
            let tag = key.tag(of: content)
            for signature in signatures.symmetric where ConstantTime.areEqual(tag, signature) { matched(credential) }
        }
        for (key, credential) in publicKeys {
            for signature in signatures.asymmetric where key.isValid(signature, of: content) { matched(credential) }
        }
        return verdict
    }

    var provesOnlyContent: Bool { true }

    /// `webhook-id`, which is signed and stays the same when a message is sent again; `webhook-timestamp` does not.
    func deliveryID(of request: HTTPRequest) -> String? {
        guard case .value(let id) = request.headers.evidence("webhook-id") else { return nil }
        return id
    }

    /// Whole seconds since 1970, in digits only, at most twelve of them: 33,000 years.
    private static func seconds(_ text: String) -> Int64? {
        guard text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    private func isWithinTolerance(_ seconds: Int64, now: Timestamp) -> Bool {
        // In whole seconds, as the time of the message is.
        let difference = Duration.seconds(now.unixSeconds) - .seconds(seconds)
        return difference <= tolerance && difference >= .zero - tolerance
    }
}

/// `webhook-signature`: signatures separated by blanks, each a version, a comma and base64.
struct SignatureList: Equatable {
    /// More of them is no sender's rotation, and each of `v1a` costs a look at the whole body.
    static let most = 8

    /// `v1`, 32 bytes each.
    private(set) var symmetric: [[UInt8]] = []
    /// `v1a`, 64 bytes each.
    private(set) var asymmetric: [[UInt8]] = []

    /// `nil` when there is none that can be read. Other versions are left out: a sender may be ahead of us.
    init?(_ text: String) {
        let elements = text.split(separator: " ", omittingEmptySubsequences: false)
        guard elements.count <= Self.most else { return nil }
        for element in elements {
            guard let comma = element.firstIndex(of: ",") else { continue }
            let tag = element[element.index(after: comma)...]
            switch element[..<comma] {
            case "v1":
                if let bytes = TagEncoding.base64.decode(tag.utf8, count: HMACAlgorithm.sha256.tagLength) {
                    symmetric.append(bytes)
                }
            case "v1a":
                if let bytes = TagEncoding.base64.decode(tag.utf8, count: WebhookVerificationKey.signatureLength) {
                    asymmetric.append(bytes)
                }
            default: break
            }
        }
        if symmetric.isEmpty, asymmetric.isEmpty { return nil }
    }
}

extension HTTPHeaders.Evidence {
    fileprivate var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }
}
