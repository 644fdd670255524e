// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Writes the status line and header section of answers (RFC 9112 sections 2 and 4) into a buffer that is reused.
struct ResponseEncoder {
    /// How the end of the content is told to the client.
    enum Framing: Equatable {
        /// `Content-Length`.
        case length(Int)
        /// `Transfer-Encoding: chunked`.
        case chunked
        /// The end of the connection, for HTTP/1.0.
        case untilClose
        /// Nothing to tell: 204, 304, and a HEAD of a stream.
        case none
    }

    /// What the connection is told.
    enum ConnectionField: Equatable {
        case close
        /// Said aloud for HTTP/1.0, where closing is the default.
        case keepAlive
        case unsaid
    }

    static let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The current `Date` value, refreshed once a second by the event loop.
    var date: HTTPDate

    func encode(
        status: HTTPStatus,
        headers: HTTPHeaders,
        framing: Framing,
        connection: ConnectionField,
        into out: inout [UInt8]
    ) {
        append("HTTP/1.1 ", to: &out)
        appendDecimal(status.code, to: &out)
        out.append(UInt8(ascii: " "))
        appendText(status.phrase, to: &out)
        append("\r\nDate: ", to: &out)
        out.append(contentsOf: date.bytes)
        for (name, value) in headers { appendField(name, value, to: &out) }
        switch framing {
        case .length(let length):
            append("\r\nContent-Length: ", to: &out)
            appendDecimal(length, to: &out)
        case .chunked: append("\r\nTransfer-Encoding: chunked", to: &out)
        case .untilClose, .none: break
        }
        switch connection {
        case .close: append("\r\nConnection: close", to: &out)
        case .keepAlive: append("\r\nConnection: keep-alive", to: &out)
        case .unsaid: break
        }
        append("\r\n\r\n", to: &out)
    }

    /// `chunk-size CRLF chunk-data CRLF`; an empty piece is left out, for it would end the content.
    static func appendChunk(_ bytes: [UInt8], to out: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        out.append(contentsOf: String(bytes.count, radix: 16).utf8)
        out.append(contentsOf: [0x0D, 0x0A])
        out.append(contentsOf: bytes)
        out.append(contentsOf: [0x0D, 0x0A])
    }

    static let lastChunk = Array("0\r\n\r\n".utf8)

    /// Leaves out what is no token, and the fields that are the server's own.
    private func appendField(_ name: String, _ value: String, to out: inout [UInt8]) {
        var name = name
        name.withUTF8 { bytes in
            let text = bytes.span
            guard !text.isEmpty, text.allSatisfy(Grammar.isToken), !Self.isOurs(text) else { return }
            append("\r\n", to: &out)
            out.append(contentsOf: bytes)
            append(": ", to: &out)
            appendText(value, to: &out)
        }
    }

    private static func isOurs(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 4: name.equalsIgnoringCase("date")
        case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
        case 14: name.equalsIgnoringCase("content-length")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }

    private func append(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }

    /// Field content: a control character, which could begin another field or answer, becomes a space.
    private func appendText(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in
            if bytes.span.allSatisfy(Grammar.isFieldContent) {
                out.append(contentsOf: bytes)
            } else {
                out.append(contentsOf: bytes.lazy.map { Grammar.isFieldContent($0) ? $0 : 0x20 })
            }
        }
    }

    private func appendDecimal(_ number: Int, to out: inout [UInt8]) {
        if number >= 10 { appendDecimal(number / 10, to: &out) }
        out.append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
    }
}
