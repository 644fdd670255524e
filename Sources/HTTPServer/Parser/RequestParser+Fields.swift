// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What the header fields seen so far say about framing and connection.
struct FramingFields {
    var hosts = 0
    /// The authority of a target in absolute-form.
    var targetHost: String?
    var contentLength: Int?
    /// The transfer codings in order: `true` = chunked, `false` = one this server does not know.
    var codings: [Bool] = []
    var hasTransferEncoding = false
    var close = false
    var keepAlive = false
    var expectsContinue = false
    var unknownExpectation = false
}

extension RequestParser {
    /// One field line (RFC 9112 section 5): `field-name ":" OWS field-value OWS`.
    mutating func takeField(_ line: Span<UInt8>) throws(RequestFailure) {
        let (colon, trimmed) = try splitField(line)
        let name = line.extracting(0..<colon)
        let value = line.extracting(trimmed)
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"): try takeHost(value)
        case 6 where name.equalsIgnoringCase("expect"): takeExpectation(value)
        case 10 where name.equalsIgnoringCase("connection"): takeConnectionOptions(value)
        case 14 where name.equalsIgnoringCase("content-length"): try takeContentLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"): try takeTransferEncoding(value)
        default: break
        }
        if fieldCount == 1 { head.headers.reserveCapacity(12) }
        head.headers.append(name: name.text, value: value.text)
    }

    /// Trailer fields are held to the same grammar and limits, and dropped: nothing here has a use for them, and
    /// merging them into the header is a way to smuggle (RFC 9110 section 6.5.1).
    mutating func takeTrailer(_ line: Span<UInt8>) throws(RequestFailure) {
        let (colon, _) = try splitField(line)
        guard !TrailerField.isForbidden(line.extracting(0..<colon)) else {
            throw .malformed("A trailer field belongs in the header section.")
        }
    }

    /// Checks one field line; returns where the colon is and where the value without its blanks is.
    private mutating func splitField(
        _ line: Span<UInt8>
    ) throws(RequestFailure) -> (colon: Int, value: Range<Int>) {
        sectionBytes += line.count + 2
        fieldCount += 1
        guard fieldCount <= limits.maxHeaderCount else { throw .tooManyFields }
        guard !Grammar.isBlank(line[0]) else { throw .malformed("A header field is folded over two lines.") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            throw .malformed("A header field has no name.")
        }
        guard line.extracting(0..<colon).allSatisfy(Grammar.isToken) else {
            throw .malformed("A header field's name is not a token.")
        }
        let value = line.trimmingBlanks(colon + 1..<line.count)
        guard line.extracting(value).allSatisfy(Grammar.isFieldContent) else {
            throw .malformed("A header field's value has a control character.")
        }
        return (colon, value)
    }

    private mutating func takeHost(_ value: Span<UInt8>) throws(RequestFailure) {
        fields.hosts += 1
        guard fields.hosts == 1 else { throw .malformed("The request has more than one Host.") }
        guard HostField.isValid(value) else { throw .malformed("The Host is not a host with an optional port.") }
    }

    /// One value of digits. A list, even of equal values, is refused: it has no honest sender.
    private mutating func takeContentLength(_ value: Span<UInt8>) throws(RequestFailure) {
        guard fields.contentLength == nil else { throw .malformed("The request has more than one Content-Length.") }
        guard !value.isEmpty, value.allSatisfy(Grammar.isDigit) else {
            throw .malformed("The Content-Length is not a number.")
        }
        var length = 0
        for index in value.indices {
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(value[index] - 0x30))
            guard !overflow, !carry else { throw .malformed("The Content-Length is larger than any content.") }
            length = sum
        }
        fields.contentLength = length
    }

    private mutating func takeTransferEncoding(_ value: Span<UInt8>) throws(RequestFailure) {
        fields.hasTransferEncoding = true
        var start = 0
        while start <= value.count {
            let end = value.firstIndex(of: UInt8(ascii: ","), from: start) ?? value.count
            let coding = value.extracting(value.trimmingBlanks(start..<end))
            guard !coding.isEmpty, coding.allSatisfy(Grammar.isToken) else {
                throw .malformed("The Transfer-Encoding is not a list of codings.")
            }
            fields.codings.append(coding.equalsIgnoringCase("chunked"))
            start = end + 1
        }
    }

    private mutating func takeConnectionOptions(_ value: Span<UInt8>) {
        eachElement(of: value) { element in
            if element.equalsIgnoringCase("close") { fields.close = true }
            if element.equalsIgnoringCase("keep-alive") { fields.keepAlive = true }
        }
    }

    private mutating func takeExpectation(_ value: Span<UInt8>) {
        eachElement(of: value) { element in
            if element.equalsIgnoringCase("100-continue") {
                fields.expectsContinue = true
            } else {
                fields.unknownExpectation = true
            }
        }
    }

    private func eachElement(of list: Span<UInt8>, _ visit: (Span<UInt8>) -> Void) {
        var start = 0
        while start <= list.count {
            let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
            let element = list.extracting(list.trimmingBlanks(start..<end))
            if !element.isEmpty { visit(element) }
            start = end + 1
        }
    }
}
