// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import HTTPServer
public import Journal
public import Logging

/// `POST /v1/events`: authenticate, unwrap, append, answer 202 when it is on disk.
///
/// | Situation | Answer |
/// |---|---|
/// | stored, or known already | 202 `{"accepted":n,"duplicate":n,"ignored":n}` |
/// | source address not allowed | 403 |
/// | no or wrong credentials | 401 with `WWW-Authenticate`, the same for every reason |
/// | wrong type or content coding | 415 |
/// | larger than allowed without its content coding | 413 |
/// | malformed, or one bad element | 400 with its index and pointer; nothing is stored |
/// | journal behind, full or closed | 503 with `Retry-After`: EventBridge sends it again, while a 4xx loses it |
public struct Ingest: Sendable {
    /// Who may send.
    public struct Configuration: Sendable {
        /// Any one suffices. Empty = open to all; the composition root decides whether that may be.
        public var authentication: [Authentication]
        /// CIDR blocks a sender may come from.
        public var allowedSources: [String] = ["0.0.0.0/0", "::/0"]
        /// CIDR blocks of proxies whose `X-Forwarded-For` says where a request comes from.
        public var trustedProxies: [String] = []
        /// Requests of one forwarded IPv4 address or IPv6 /64 network in hand at once, behind a trusted proxy; one more is
        /// 503. `nil` = no limit.
        public var maxRequestsPerAddress: Int?
        /// Bytes of a content once its coding is taken off; the server has bounded what comes over the wire.
        public var maxBodyBytes = 1024 * 1024
        /// Where the webhook is.
        public var path = "/v1/events"
        /// Where it was before; answered with 410.
        public var retiredPaths: [String] = []
        /// Sending systems that the handshake of CloudEvents welcomes; `*` = all.
        public var allowedOrigins: [String] = ["*"]

        /// Open to all addresses.
        public init(authentication: [Authentication]) { self.authentication = authentication }
    }

    typealias Decode = @Sendable ([UInt8]) throws(EventDecodingError) -> [ReceivedHeading]

    private let credentials: CurrentCredentials
    private let sources: [AddressBlock]
    let proxies: TrustedProxies
    let path: String
    let retiredPaths: [String]
    let handshake: Handshake
    private let journal: Journal
    private let decode: Decode
    private let content: ContentDecoder
    let refusals: RefusalLog
    private let load: SenderLoad
    let metrics = IngestMetrics()
    let now: @Sendable () -> Timestamp

    /// `now` is the time of receipt. A source or proxy that is no CIDR block is logged and counts for nobody.
    public init(
        configuration: Configuration,
        journal: Journal,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let slots = DecoderSlots()
        self.init(configuration: configuration, journal: journal, logger: logger, now: now) {
            body throws(EventDecodingError) in
            try slots.headings(of: body)
        }
    }

    init(
        configuration: Configuration,
        journal: Journal,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        decode: @escaping Decode
    ) {
        credentials = CurrentCredentials(CredentialCheck(configuration.authentication))
        func blocks(_ texts: [String], _ role: String) -> [AddressBlock] {
            texts.compactMap { text in
                let block = AddressBlock(text)
                if block == nil { logger.error("\(role) is not a CIDR block", metadata: ["block": "\(text)"]) }
                return block
            }
        }
        sources = blocks(configuration.allowedSources, "allowed source")
        proxies = TrustedProxies(blocks(configuration.trustedProxies, "trusted proxy"))
        path = configuration.path
        retiredPaths = configuration.retiredPaths
        handshake = Handshake(origins: configuration.allowedOrigins)
        self.journal = journal
        self.decode = decode
        content = ContentDecoder(limit: configuration.maxBodyBytes)
        self.now = now
        load = SenderLoad(limit: configuration.maxRequestsPerAddress)
        refusals = RefusalLog(logger: logger)
    }

    /// Asks for other credentials from now on, for the reload of secrets. Empty = open to all.
    public func replaceAuthentication(_ authentication: [Authentication]) {
        credentials.check = CredentialCheck(authentication)
    }

    /// Takes one request. Nothing of it is stored before the sender is proven, and all or nothing after that.
    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        let received = now()
        do {
            let sender = try checkSource(of: request)
            return try await load.counting(sender, peer: request.remoteAddress) { () async throws(RefusedRequest) in
                let proof = try check(request, received)
                let batch = try unwrap(
                    try body(of: request),
                    // It would make a new event of one that is sent again, if anybody could write it.
                    proof.provesHeaders ? BinaryCloudEvent(request.headers) : nil,
                    deliveryID: proof.deliveryID,
                    received
                )
                let result = try await append(batch.entries, of: request)
                metrics.taken(accepted: result.accepted, duplicate: result.duplicate, ignored: batch.ignored)
                return Self.taken(result, ignored: batch.ignored)
            }
        } catch {
            return refuse(error, request, at: received)
        }
    }

    @discardableResult
    func checkSource(of request: HTTPRequest) throws(RefusedRequest) -> Address {
        guard let address = proxies.sender(of: request), sources.contains(where: { $0.contains(address) }) else {
            throw .source
        }
        return address
    }

    private func check(_ request: HTTPRequest, _ received: Timestamp) throws(RefusedRequest) -> CredentialCheck.Finding
    {
        let credentials = credentials.check
        let finding = credentials.finding(on: request, body: request.body, now: received)
        if let reason = finding.verdict.refusal { throw .credentials(reason, credentials.challenges) }
        guard ContentCheck.isAcceptedType(request.headers) else { throw .mediaType }
        return finding
    }

    private func body(of request: HTTPRequest) throws(RefusedRequest) -> [UInt8] {
        guard let coding = ContentCoding(request.headers) else { throw .encoding }
        do { return try content.decode(request.body, coding) } catch { throw .content(error, limit: content.limit) }
    }

    /// The notifications we use, as entries, and how many we do not use. One that cannot be understood is kept: it
    /// becomes a dead letter where it would have been applied.
    private func unwrap(
        _ body: [UInt8],
        _ envelope: BinaryCloudEvent?,
        deliveryID: String?,
        _ received: Timestamp
    ) throws(RefusedRequest) -> (entries: [JournalEntry], ignored: Int) {
        var elements: [ReceivedHeading]
        do {
            elements = try decode(body)
            try envelope?.wrap(&elements)
        } catch {
            throw .malformed(error)
        }
        var entries: [JournalEntry] = []
        entries.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let heading = element.heading
            guard heading.isUsed else { continue }
            // Alone in the body without a line break: the body itself, not a copy.
            let bytes = element.bytes == body.indices ? body : Array(body[element.bytes])
            let key = EventKey(heading, bytes, at: index, ofDelivery: deliveryID)
            entries.append(
                JournalEntry(
                    key: key.text,
                    source: .webhook,
                    topic: heading.topicName,
                    agentID: heading.userID,
                    receivedAt: received,
                    body: bytes,
                    madeAt: key.isOfDelivery ? nil : heading.timestamp
                )
            )
        }
        return (entries, elements.count - entries.count)
    }

    /// The request stays in memory as long as its handler waits, however few bytes of it are kept.
    private func append(
        _ entries: [JournalEntry],
        of request: HTTPRequest
    ) async throws(RefusedRequest) -> AppendResult {
        do {
            return try await journal.append(entries, holding: request.body.count)
        } catch {
            throw .journal(error)
        }
    }

    private static func taken(_ result: AppendResult, ignored: Int) -> HTTPResponse {
        let json = #"{"accepted":\#(result.accepted),"duplicate":\#(result.duplicate),"ignored":\#(ignored)}"#
        return HTTPResponse(
            status: HTTPStatus(202, "Accepted"),
            headers: ["Content-Type": "application/json"],
            body: .bytes(Array(json.utf8))
        )
    }
}
