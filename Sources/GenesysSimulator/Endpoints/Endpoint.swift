// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// A call to one endpoint.
struct EndpointCall: Sendable {
    var request: HTTPRequest
    /// Values of the `{name}` segments.
    var parameters: [String: String]
    var now: Timestamp
    /// Whose token it is; empty without one.
    var client = ""
    /// What goes wrong with it, as far as the endpoint itself has to know.
    var fault: Fault?

    /// The value of a `{name}` segment of the pattern that matched.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The JSON body; 400 when it is none.
    func body() throws(PlatformError) -> JSONValue {
        do { return try JSONValue(parsing: request.body) } catch { throw .malformed }
    }

    /// The JSON body as an object; an absent one is empty.
    func objectBody() throws(PlatformError) -> JSONValue {
        if request.body.isEmpty { return .object(JSONObject()) }
        let value = try body()
        guard value.objectValue != nil else { throw .malformed }
        return value
    }
}

/// What an endpoint answers.
struct Answer: Sendable {
    var status = 200
    var body: JSONValue?
    var headers: [(name: String, value: String)] = []

    static func ok(_ body: JSONValue) -> Answer { Answer(body: body) }
    static let empty = Answer()
}

/// An operation on a path. Runs under the simulator's lock, so it does not wait for anything.
struct Endpoint: Sendable {
    typealias Operation = @Sendable (inout SimulatorState, EndpointCall) throws -> Answer

    var method: String
    var pattern: String
    var permission: PermissionRule?
    private var segments: [Substring]
    var run: Operation

    init(_ method: String, _ pattern: String, needs permission: PermissionRule? = nil, _ run: @escaping Operation) {
        self.method = method
        self.permission = permission
        self.pattern = pattern
        segments = pattern.split(separator: "/")
        self.run = run
    }

    /// The values of the `{name}` segments, or `nil` when the path is another one.
    func match(_ path: [Substring]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            if segment.first == "{" {
                parameters[String(segment.dropFirst().dropLast())] = String(part)
            } else if segment != part {
                return nil
            }
        }
        return parameters
    }
}

extension [Endpoint] {
    /// The endpoint of a request. Literal patterns stand before those with parameters in the tables.
    func find(_ method: String, _ path: String) throws(PlatformError) -> (Endpoint, [String: String]) {
        let parts = path.split(separator: "/")
        var isKnownPath = false
        for endpoint in self {
            guard let parameters = endpoint.match(parts) else { continue }
            if endpoint.method == method || (method == "HEAD" && endpoint.method == "GET") {
                return (endpoint, parameters)
            }
            isKnownPath = true
        }
        throw isKnownPath ? .methodNotAllowed(method) : .notFound
    }
}
