// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState

extension AgentDelivery {
    /// A call to make.
    public enum Call: Sendable, Equatable {
        /// `PATCH /api/v2/users/{id}/presences/purecloud`
        case write(PresenceTarget)
        /// `GET /api/v2/users/{id}/presences/purecloud`
        case read

        /// For metrics.
        var name: String {
            switch self {
            case .read: "read"
            case .write: "write"
            }
        }
    }
}
