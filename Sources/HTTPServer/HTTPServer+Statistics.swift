// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

extension HTTPServer {
    /// What a server has done since its start.
    public struct Statistics: Sendable, Equatable {
        /// Requests the server refused by itself, by kind, and connections that failed before a request.
        public struct Refusals: Sendable, Equatable {
            /// 400.
            public var malformed = 0
            /// 414.
            public var targetTooLong = 0
            /// 431.
            public var headerTooLarge = 0
            /// 413.
            public var bodyTooLarge = 0
            /// 417, 501 and 505.
            public var unsupported = 0
            /// 408.
            public var requestTimeout = 0
            /// 503 because the handler did not answer in time.
            public var handlerTimeout = 0
            /// 503 because the content of unfinished requests reached its limit.
            public var overloaded = 0
            /// Connections reset because their address had as many as it may have.
            public var tooManyOfAddress = 0
            /// Connections reset because the process had no descriptor for them.
            public var outOfDescriptors = 0
            /// TLS handshakes that failed or did not end in time.
            public var tlsHandshake = 0

            /// All of them.
            public var total: Int {
                malformed + targetTooLong + headerTooLarge + bodyTooLarge + unsupported + requestTimeout
                    + handlerTimeout + overloaded + tooManyOfAddress + outOfDescriptors + tlsHandshake
            }
        }

        /// Connections open now.
        public var openConnections = 0
        /// Connections accepted.
        public var acceptedConnections = 0
        /// Complete requests that were given to the handler.
        public var requests = 0
        /// How often accepting paused, at the connection limit or for want of descriptors.
        public var acceptPauses = 0
        /// What was refused.
        public var refused = Refusals()
    }
}

extension HTTPServer.Statistics {
    mutating func add(_ counters: LoopCounters) {
        acceptedConnections += counters.accepted.load(ordering: .relaxed)
        requests += counters.requests.load(ordering: .relaxed)
        acceptPauses += counters.acceptPauses.load(ordering: .relaxed)
        refused.malformed += counters.malformed.load(ordering: .relaxed)
        refused.targetTooLong += counters.targetTooLong.load(ordering: .relaxed)
        refused.headerTooLarge += counters.headerTooLarge.load(ordering: .relaxed)
        refused.bodyTooLarge += counters.bodyTooLarge.load(ordering: .relaxed)
        refused.unsupported += counters.unsupported.load(ordering: .relaxed)
        refused.requestTimeout += counters.requestTimeout.load(ordering: .relaxed)
        refused.handlerTimeout += counters.handlerTimeout.load(ordering: .relaxed)
        refused.tooManyOfAddress += counters.tooManyOfAddress.load(ordering: .relaxed)
        refused.outOfDescriptors += counters.outOfDescriptors.load(ordering: .relaxed)
        refused.overloaded += counters.overloaded.load(ordering: .relaxed)
        refused.tlsHandshake += counters.tlsFailures.load(ordering: .relaxed)
    }
}
