// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState

extension AgentDelivery {
    /// A call to make.
    public enum Call: Sendable, Equatable {
        /// `PATCH /api/v2/users/{id}/presences/purecloud`, or a part of `PUT /api/v2/users/presences/bulk`
        case write(PresenceTarget)
        /// `GET /api/v2/users/{id}/presences/purecloud`, or a part of `GET /api/v2/users/presences/purecloud/bulk`
        case read
    }

    /// The call that comes next, as far as it is known before it is due.
    enum Kind: Sendable, Equatable {
        case write
        /// Something waits for what it shows.
        case read
        /// It verifies a write that Genesys has taken.
        case verifyingRead
    }
}
