// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One open connection of an event loop: its socket, its state, and the bytes on their way in and out.
///
/// Belongs to the loop's thread.
final class Connection {
    let slot: Int
    let generation: UInt32
    let remoteAddress: String
    /// What it is counted by in `SharedState.connectionsOfAddresses`; `nil` = it is not.
    let addressKey: AddressKey?
    /// What the client has proven in the TLS handshake; read once for all requests of the connection.
    var clientCertificate: ClientCertificate?
    @exclusivity(unchecked) var transport: Transport
    @exclusivity(unchecked) var state: ConnectionState
    /// Counts requests, so that the answer of one that has been given up is not taken for the next one's.
    @exclusivity(unchecked) var exchange: UInt32 = 0
    /// The handler's task while it runs.
    @exclusivity(unchecked) var task: Task<Void, Never>?
    /// A read may bring something: the socket has not yet said that it is empty since its last event.
    @exclusivity(unchecked) var isReadable = false
    /// Waits for its next turn to be read: once, however many events come meanwhile.
    @exclusivity(unchecked) var isUnfinished = false
    /// The socket has said that the peer sends no more; the last bytes may still be in it.
    @exclusivity(unchecked) var sawPeerEnd = false
    /// Bytes read and not yet parsed, from `inboundOffset` on: the next pipelined requests.
    @exclusivity(unchecked) var inbound: [UInt8] = []
    @exclusivity(unchecked) var inboundOffset = 0
    /// Bytes the socket has not taken yet, from `outboundOffset` on.
    @exclusivity(unchecked) var outbound: [UInt8] = []
    @exclusivity(unchecked) var outboundOffset = 0
    /// Stream writers who wait for the output to be taken.
    @exclusivity(unchecked) var writers: [CheckedContinuation<Void, any Error>] = []
    var streamFraming = ResponseEncoder.Framing.chunked
    /// The deadline that runs, so that dripping bytes do not start it anew.
    @exclusivity(unchecked) var armed: DeadlineQueue.Kind?
    @exclusivity(unchecked) var armedExchange: UInt32 = 0
    /// How fast the content of the request in hand comes.
    @exclusivity(unchecked) var bodyPace = BodyPace()
    /// With TLS: the socket's bytes that came before the content.
    @exclusivity(unchecked) private var receivedBefore = 0
    /// Bytes given to the socket in all, and how many of them had reached the peer when the write deadline began.
    @exclusivity(unchecked) var written = 0
    @exclusivity(unchecked) var deliveredWhenArmed = 0
    /// What it has of `SharedState.unfinishedBytes`.
    @exclusivity(unchecked) var unfinishedBytes = 0
    /// Bytes dropped while lingering.
    var discarded = 0

    init(
        slot: Int,
        generation: UInt32,
        remoteAddress: String,
        addressKey: AddressKey?,
        transport: consuming Transport,
        state: ConnectionState
    ) {
        self.slot = slot
        self.generation = generation
        self.remoteAddress = remoteAddress
        self.addressKey = addressKey
        self.transport = transport
        self.state = state
    }

    var hasOutput: Bool { outboundOffset < outbound.count }
    var hasInput: Bool { inboundOffset < inbound.count }
    /// Closing now could meet unread bytes. TLS is always read until it says that it is empty, so there the socket is asked: a
    /// client that has said goodbye at once has its `close_notify` in it.
    var mayHaveMoreInput: Bool { hasInput || (transport.isSecure ? transport.hasUnread : isReadable) }
    /// Bytes that have reached the peer: those of TLS are counted with their framing, which is near enough.
    var delivered: Int { written - transport.undelivered }
    /// Bytes of the request's content so far. Of TLS those that the socket has brought, with their framing: a record of 16 KiB
    /// shows nothing before its last byte, and a slow sender needs longer for it than one window.
    var contentReceived: Int { transport.received.map { $0 - receivedBefore } ?? state.contentBytes }
    var id: EventLoop.ExchangeID { .init(slot: slot, generation: generation, exchange: exchange) }

    /// The content of a request begins.
    func beginBodyPace() {
        bodyPace = BodyPace()
        receivedBefore = (transport.received ?? 0) - state.contentBytes
    }
}
