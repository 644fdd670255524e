// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Credentials
import GenesysEvents
import HTTPServer

/// A tag in a header field: an HMAC (RFC 2104) over the body, byte for byte as it was received.
///
/// The tag is whole, of the right length, and comes once. It says nothing of when the request was made: what protects
/// against one that is sent again is that the journal knows its events.
public struct HMACScheme: Sendable {
    /// The field's name.
    public var header: String
    /// What stands before the tag, byte for byte (`sha256=`); may be empty.
    public var prefix: String
    /// The hash function.
    public var algorithm: HMACAlgorithm
    /// How the tag is written.
    public var encoding: TagEncoding
    /// Any one suffices; their bytes are the keys.
    public var secrets: [Credential]

    /// A scheme; SHA-256 in hexadecimal without a prefix, unless said otherwise.
    public init(
        header: String,
        prefix: String = "",
        algorithm: HMACAlgorithm = .sha256,
        encoding: TagEncoding = .hex,
        secrets: [Credential]
    ) {
        self.header = header
        self.prefix = prefix
        self.algorithm = algorithm
        self.encoding = encoding
        self.secrets = secrets
    }
}

extension HMACScheme: CredentialScheme {
    var challenge: String { #"HMAC realm="presence-relay", header="\#(header)""# }
    var provesOnlyContent: Bool { true }

    func verdict(on request: HTTPRequest, body: [UInt8], now: Timestamp) -> CredentialVerdict {
        let value: String
        switch request.headers.evidence(header) {
        case .absent: return .missing
        case .ambiguous: return .malformed
        case .value(let found): value = found
        }
        guard value.utf8.starts(with: prefix.utf8),
            let tag = encoding.decode(value.utf8.dropFirst(prefix.utf8.count), count: algorithm.tagLength)
        else { return .malformed }
        var verdict = CredentialVerdict.wrong
        // An empty key is one that everybody knows.
        for secret in secrets where !secret.bytes.isEmpty {
            guard ConstantTime.areEqual(algorithm.tag(of: body, key: secret.bytes), tag) else { continue }
            verdict = max(verdict, secret.isAccepted(at: now) ? .accepted : .expired)
        }
        return verdict
    }
}
