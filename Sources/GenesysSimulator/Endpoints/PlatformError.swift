// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// An error of the platform API with the body all its endpoints share (facts 2.3).
struct PlatformError: Error, Sendable {
    var status: Int
    var code: String
    var message: String
    var entityID: String?
    var fieldName: String?
    var messageParams: [(name: String, value: String)] = []
    /// Whole seconds for `Retry-After`.
    var retryAfter: Int?

    func body(contextID: String) -> JSONValue {
        var params = JSONObject()
        for (name, value) in messageParams { params[name] = .string(value) }
        let detail = fieldName.map { object(["errorCode": code, "fieldName": $0]) }
        return object([
            "message": message,
            "code": code,
            "status": status,
            "entityId": entityID,
            "contextId": contextID,
            "details": [detail].compactMap(\.self),
            "errors": [JSONValue](),
            "messageParams": params.isEmpty ? nil : params,
        ])
    }

    static let authenticationRequired = PlatformError(
        status: 401,
        code: "authentication.required",
        message: "No authentication bearer token specified in authorization header."
    )
    static let badCredentials = PlatformError(
        status: 401,
        code: "bad.credentials",
        message: "Invalid login credentials."
    )
    static let credentialsExpired = PlatformError(
        status: 401,
        code: "credentials.expired",
        message: "Authentication token has expired."
    )
    static let malformed = PlatformError(
        status: 400,
        code: "bad.request",
        message: "The request could not be understood by the server due to malformed syntax."
    )
    static let notFound = PlatformError(
        status: 404,
        code: "not.found",
        message: "The requested resource was not found."
    )

    static func notFound(_ id: String) -> PlatformError {
        var error = notFound
        error.entityID = id
        return error
    }

    static func invalid(_ field: String, _ message: String) -> PlatformError {
        PlatformError(status: 400, code: "invalid.value", message: message, fieldName: field)
    }

    static func methodNotAllowed(_ method: String) -> PlatformError {
        PlatformError(
            status: 405,
            code: "method.not.allowed",
            message: "The method \(method) is not supported by this resource."
        )
    }

    static func missing(_ rule: PermissionRule) -> PlatformError {
        let names = rule.names.joined(separator: ", ")
        let needed = rule.isAny ? "one or more of the required permissions: " : "the following permission(s): "
        return PlatformError(
            status: 403,
            code: rule.isAny ? "missing.any.permissions" : "missing.permissions",
            message: "Unable to perform the requested action. You are missing " + needed + names,
            messageParams: [(name: "permissions", value: names)]
        )
    }

    static func forbidden(_ message: String) -> PlatformError {
        PlatformError(status: 403, code: "not.authorized", message: message)
    }

    static func conflict(_ message: String) -> PlatformError {
        PlatformError(status: 409, code: "conflict", message: message)
    }

    /// Of services that have not followed the newer form: no `Retry-After` (facts 2.2).
    static let tooManyRequests = PlatformError(
        status: 429,
        code: "too.many.requests",
        message: "Rate limit exceeded the maximum."
    )

    static func tooManyRequests(retryAfter seconds: Int) -> PlatformError {
        PlatformError(
            status: 429,
            code: "too.many.requests.retry.after",
            message: "Rate limit exceeded the maximum. Retry the request in [\(seconds)] seconds",
            retryAfter: seconds
        )
    }
}
