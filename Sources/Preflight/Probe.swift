// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI

/// What a call says about the right to make it. A call that Genesys refuses for another reason than the right has
/// passed the gate.
enum Probe {
    case granted(String)
    case missing(GenesysAPIError)
    case unclear(GenesysAPIError)

    init<Value>(_ answer: Result<Value, GenesysAPIError>) {
        switch answer {
        case .success: self = .granted("permitted")
        case .failure(let error):
            switch (error.code, error.status) {
            case (.forbidden, _): self = .missing(error)
            case (.badRequest, let status?), (.notFound, let status?), (.conflict, let status?):
                self = .granted("permitted (the probe was answered \(status), not 403)")
            case (.unexpectedBody, _?): self = .granted("permitted")
            default: self = .unclear(error)
            }
        }
    }
}

extension PreflightReport.Check {
    /// - Parameter otherwise: how bad it is when the right is missing.
    init(
        _ name: String,
        _ probe: Probe,
        permission: String?,
        otherwise: PreflightReport.Result = .fail,
        note: String = ""
    ) {
        switch probe {
        case .granted(let seen): self.init(name, .pass, seen: seen + note)
        case .missing(let error), .unclear(let error):
            self.init(name, otherwise, failure: error, permission: permission)
        }
    }

    /// A call that failed, with what to do about it.
    init(
        _ name: String,
        _ result: PreflightReport.Result,
        failure error: GenesysAPIError,
        permission: String? = nil
    ) {
        var seen = error.status.map { "\($0)" } ?? error.code.description
        if let code = error.genesysCode { seen += " \(code)" }
        if let id = error.correlationID { seen += " (correlation id \(id))" }
        self.init(name, result, seen: seen, advice: Self.advice(error, permission))
    }

    private static func advice(_ error: GenesysAPIError, _ permission: String?) -> String {
        switch error.code {
        case .forbidden:
            guard let permission else { return error.message }
            return "Grant \(permission) to a role of the OAuth client, with the divisions of the agents "
                + "(Admin > Integrations > OAuth > Roles)"
        case .network, .timeout, .server: return "Try again when Genesys answers: \(error.message)"
        case .rateLimited: return "Try again in a minute, and look for others that use the same OAuth client"
        default: return error.message
        }
    }
}
