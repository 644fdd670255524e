// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension EventLoop {
    /// The task of one request: the handler, and for a stream the writing of its content.
    func serve(_ request: HTTPRequest, as id: ExchangeID, by handler: HTTPHandler) async {
        let response = await handler(request)
        guard case .stream(let produce) = response.body else {
            _ = post(.answer(id, response))
            return
        }
        let isWanted = await withCheckedContinuation { continuation in
            if !post(.beginStream(id, response, continuation)) { continuation.resume(returning: false) }
        }
        guard isWanted else { return }
        let writer = HTTPBodyWriter { [self] bytes in
            try await withCheckedThrowingContinuation { continuation in
                if !post(.writeStream(id, bytes, continuation)) { continuation.resume(throwing: Self.clientGone) }
            }
        }
        do {
            try await produce(writer)
            _ = post(.endStream(id, failed: false))
        } catch {
            _ = post(.endStream(id, failed: true))
        }
    }

    static let clientGone = HTTPServerError(
        .clientGone,
        "the client of the streamed answer is gone, or the server has closed the connection"
    )
}
