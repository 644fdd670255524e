// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

/// One vector of `Tests/Fixtures/HTTP`, whose README says what the lines mean.
struct RequestVector: Sendable, CustomTestStringConvertible {
    var name = ""
    var source = ""
    var limits = RequestParser.Limits()
    var bytes: [UInt8] = []
    /// The lines of `=`, in one way of writing.
    var expected: [String] = []

    var testDescription: String { name }

    /// All that are judged by the parser alone; none when a file cannot be read, which a test of its own notices.
    static let requests: [RequestVector] = [
        "request-line", "targets", "host", "fields", "content-length", "transfer-encoding", "chunks", "limits",
        "connections",
    ].flatMap { (try? VectorFile($0))?.vectors ?? [] }
    static let router = try? VectorFile("router")
}

struct VectorFile {
    struct Malformed: Error { var line: String }

    var routes: [(method: String, path: String)] = []
    var vectors: [RequestVector] = []

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: folder.appending(path: "Fixtures/HTTP/\(name).txt"), encoding: .utf8)
        for block in text.components(separatedBy: "\n\n") {
            let lines = block.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
            if let first = lines.first, first.hasPrefix("route ") {
                for line in lines {
                    let words = line.split(separator: " ").map(String.init)
                    routes.append((words[1], words[2]))
                }
            } else if !lines.isEmpty {
                vectors.append(try RequestVector(lines))
            }
        }
    }
}

extension RequestVector {
    init(_ lines: [String]) throws {
        guard lines.count >= 3 else { throw VectorFile.Malformed(line: lines.joined(separator: " / ")) }
        (name, source) = (lines[0], lines[1])
        guard ["RFC ", "limit", "choice"].contains(where: source.hasPrefix) else {
            throw VectorFile.Malformed(line: source)
        }
        for line in lines.dropFirst(2) {
            if line.hasPrefix("limits ") {
                for pair in line.split(separator: " ").dropFirst() {
                    let parts = pair.split(separator: "=")
                    guard parts.count == 2, let number = Int(parts[1]) else { throw VectorFile.Malformed(line: line) }
                    switch parts[0] {
                    case "target": limits.maxTargetBytes = number
                    case "header": limits.maxHeaderBytes = number
                    case "count": limits.maxHeaderCount = number
                    case "body": limits.maxBodyBytes = number
                    default: throw VectorFile.Malformed(line: line)
                    }
                }
            } else if line.hasPrefix("|") {
                bytes += try Self.unescaped(line.dropFirst(2))
            } else if line.hasPrefix("= ") {
                expected.append(Self.escaped(try Self.unescaped(line.dropFirst(2))))
            } else {
                throw VectorFile.Malformed(line: line)
            }
        }
    }

    static func unescaped(_ text: some StringProtocol) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let character = rest.popFirst() {
            guard character == "\\" else {
                bytes += Array(character.utf8)
                continue
            }
            switch rest.popFirst() {
            case "r": bytes.append(13)
            case "n": bytes.append(10)
            case "t": bytes.append(9)
            case "\\": bytes.append(92)
            case "x":
                guard let byte = UInt8(rest.prefix(2), radix: 16) else { fallthrough }
                bytes.append(byte)
                rest = rest.dropFirst(2)
            case "(":
                guard let star = rest.firstIndex(of: "*"), let end = rest.firstIndex(of: ")"),
                    let count = Int(rest[..<star])
                else { fallthrough }
                let piece = try unescaped(rest[rest.index(after: star)..<end])
                for _ in 0..<count { bytes += piece }
                rest = rest[rest.index(after: end)...]
            default: throw VectorFile.Malformed(line: String(text))
            }
        }
        return bytes
    }

    static func escaped(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            switch byte {
            case 13: "\\r"
            case 10: "\\n"
            case 9: "\\t"
            case 92: "\\\\"
            case 0x20..<0x7F: String(UnicodeScalar(byte))
            default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}

extension ParseTrace {
    /// The lines of `=` that this is, with as much detail as `expected` asks for.
    func lines(like expected: [String]) -> [String] {
        var details: [[String]] = []
        for line in expected {
            if !line.hasPrefix("  ") {
                details.append([])
            } else if !details.isEmpty {
                details[details.count - 1].append(line)
            }
        }
        var lines: [String] = []
        for (index, request) in requests.enumerated() {
            let wanted = index < details.count ? details[index] : []
            func asks(_ key: String) -> Bool { wanted.contains { $0.hasPrefix("  \(key)") } }
            func add(_ key: String, _ value: some Sequence<UInt8>) {
                let text = RequestVector.escaped(value)
                lines.append(text.isEmpty ? "  \(key)" : "  \(key) \(text)")
            }
            let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let query = parts.count > 1 ? String(parts[1]) : ""
            lines.append(RequestVector.escaped("\(request.method) \(request.target)".utf8))
            if asks("path") || request.path != parts[0] { add("path", request.path.utf8) }
            if asks("query") || request.query != query { add("query", request.query.utf8) }
            if asks("field") {
                for field in request.fields {
                    add("field", (field.hasSuffix(": ") ? String(field.dropLast()) : field).utf8)
                }
            }
            if !request.body.isEmpty { add("body", request.body) }
            if !request.keepAlive { lines.append("  close") }
            if request.expectsContinue { lines.append("  continue") }
        }
        if let failure { lines.append("\(failure.status)") }
        if isPartial { lines.append("incomplete") }
        return lines
    }
}
