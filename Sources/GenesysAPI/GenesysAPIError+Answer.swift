// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient

extension GenesysAPIError {
    /// From an answer that is not a 2xx, whatever its body.
    init(_ response: ClientResponse, from endpoint: Endpoint) {
        let body = ErrorBody(response)
        let code = Code(status: response.status)
        self.init(
            code,
            status: response.status,
            message: "\(endpoint.description): \(body.summary(response))",
            genesysCode: body.code,
            correlationID: response.correlationID ?? body.contextId?.printable(limit: 128),
            retryAfter: Self.retryAfter(response, message: code == .rateLimited ? body.message : nil),
            isWrite: endpoint.isWrite
        )
        switch (code, endpoint.name) {
        case (_, Endpoint.token.name): break
        case (.unauthorized, _):
            message +=
                ". A token that was just issued is not accepted: check that apiURL and loginURL are of the same "
                + "region, and that the OAuth client still exists"
        case (.forbidden, _):
            message += ". " + Self.advice(missing: body.missingPermissions ?? endpoint.permission)
        case (.rateLimited, _):
            if let limit = body.limit?.key { message += ". Limit: \(limit.printable(limit: 100))" }
        default:
            if (300..<400).contains(response.status) { message += ". Is apiURL the API host of the region?" }
        }
    }

    /// From a call without an answer.
    init(_ error: HTTPClientError, from endpoint: Endpoint) {
        let code: Code =
            switch error.code {
            case .timeout: .timeout
            case .cancelled: .cancelled
            case .bodyTooLarge: .unexpectedBody
            case .invalidURL, .invalidRequest: .badRequest
            default: .network
            }
        self.init(code, message: "\(endpoint.description): \(error.message)", isWrite: endpoint.isWrite)
    }

    static func unexpectedBody(_ response: ClientResponse, from endpoint: Endpoint, expected: String) -> Self {
        GenesysAPIError(
            .unexpectedBody,
            status: response.status,
            message: "\(endpoint.description): the body (\(response.bodyDescription)) is not \(expected)",
            correlationID: response.correlationID,
            isWrite: endpoint.isWrite
        )
    }

    private static func advice(missing permission: String?) -> String {
        guard let permission else {
            return "Check the roles of the OAuth client and their divisions (Admin > Integrations > OAuth > Roles)"
        }
        return "Grant \(permission) to a role of the OAuth client, with the divisions of the agents "
            + "(Admin > Integrations > OAuth > Roles)"
    }

    /// Whole seconds of the header, else the number in "Retry the request in [42] seconds".
    private static func retryAfter(_ response: ClientResponse, message: String?) -> Duration? {
        let header = response.header("Retry-After").flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        let seconds = header ?? message?.firstMatch(of: #/\[(\d{1,6})\]/#).flatMap { Int($0.1) }
        // A day bounds nonsense; a negative number says nothing about waiting.
        return seconds.flatMap { $0 < 0 ? nil : .seconds(min($0, 86_400)) }
    }
}

extension GenesysAPIError.Code {
    fileprivate init(status: Int) {
        self =
            switch status {
            case 401: .unauthorized
            case 403: .forbidden
            case 404, 410: .notFound
            case 408: .timeout
            case 409: .conflict
            case 429: .rateLimited
            case 400..<500: .badRequest
            case 500...: .server
            default: .other
            }
    }
}

extension ClientResponse {
    /// What Genesys support asks for.
    var correlationID: String? { header("ININ-Correlation-Id")?.printable(limit: 128) }

    /// `text/html, 120 bytes`; bodies of proxies are not worth more.
    fileprivate var bodyDescription: String {
        let type = header("Content-Type")?.prefix { $0 != ";" } ?? "no type"
        return body.isEmpty ? "empty" : "\(String(type).printable(limit: 60)), \(body.count) bytes"
    }
}

/// All that Genesys' error bodies have in common; every field may be missing (facts 2.3), and the login host has its
/// own form (RFC 6749 section 5.2).
private struct ErrorBody: Decodable {
    struct Detail: Decodable {
        var errorCode: String?
        var fieldName: String?
    }
    struct Limit: Decodable {
        var key: String?
    }

    var message: String?
    var code: String?
    var contextId: String?
    var permissions: String?
    var limit: Limit?
    var detail: Detail?

    init(_ response: ClientResponse) {
        self = (try? JSONDecoder().decode(Self.self, from: Data(response.body))) ?? Self()
    }

    private init() {}

    private enum CodingKeys: String, CodingKey {
        case message, code, contextId, messageParams, limit, details, errors, error, description
        case errorDescription = "error_description"
    }

    private enum ParameterKeys: String, CodingKey {
        case permissions
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        let texts = [CodingKeys.message, .description, .errorDescription]
        message = texts.lazy.compactMap { body.tolerant(String.self, $0) }.first
        code = body.tolerant(String.self, .code) ?? body.tolerant(String.self, .error)
        contextId = body.tolerant(String.self, .contextId)
        limit = body.tolerant(Limit.self, .limit)
        detail = [CodingKeys.details, .errors].lazy.compactMap { body.tolerant([Detail].self, $0)?.first }.first
        let parameters = try? body.nestedContainer(keyedBy: ParameterKeys.self, forKey: .messageParams)
        permissions = parameters?.tolerant(String.self, .permissions)
    }

    /// From the parameters, else whatever in the message has the form `domain:entity:action`.
    var missingPermissions: String? {
        if let permissions, !permissions.isEmpty { return permissions.printable(limit: 200) }
        let named = message?.matches(of: #/[A-Za-z]+:[A-Za-z]+:[A-Za-z]+/#).map { String($0.output) } ?? []
        return named.isEmpty ? nil : named.joined(separator: ", ")
    }

    /// `404 not.found: The requested resource was not found.`
    func summary(_ response: ClientResponse) -> String {
        var text = "\(response.status)"
        if let code { text += " \(code.printable(limit: 100))" }
        if let message { text += ": \(message.printable(limit: 300))" }
        if let field = detail?.fieldName ?? detail?.errorCode { text += " (\(field.printable(limit: 100)))" }
        if code == nil && message == nil { text += " (\(response.bodyDescription))" }
        return text
    }
}

extension String {
    /// One line of at most so many characters: this comes from outside and goes to logs.
    func printable(limit: Int) -> String {
        let line = String(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
        return line.count <= limit ? line : line.prefix(limit) + "…"
    }
}
