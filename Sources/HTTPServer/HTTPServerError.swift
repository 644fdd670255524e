// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What can go wrong with a server as a whole; an error of one request is an answer.
public struct HTTPServerError: Error, Sendable, CustomStringConvertible {
    /// What kind of error it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name, for a log.
        public let description: String

        /// Another socket listens at the address.
        public static let addressInUse = Code(description: "addressInUse")
        /// The address is not one of this machine.
        public static let addressNotAvailable = Code(description: "addressNotAvailable")
        /// The address or port is not numeric, or not in range.
        public static let invalidAddress = Code(description: "invalidAddress")
        /// The process may not bind that port, or not read that file.
        public static let permissionDenied = Code(description: "permissionDenied")
        /// `start` came a second time.
        public static let alreadyStarted = Code(description: "alreadyStarted")
        /// A certificate, key or CA file cannot be used.
        public static let tlsConfiguration = Code(description: "tlsConfiguration")
        /// The client of a streamed answer is gone, or the server has closed the connection.
        public static let clientGone = Code(description: "clientGone")
        /// The system refused a resource.
        public static let system = Code(description: "system")
    }

    /// The kind of error.
    public let code: Code
    /// What happened and what to do about it, naming the address or file; no secret.
    public let message: String
    /// The `errno` behind it, or 0.
    public let systemError: Int32

    init(_ code: Code, _ message: String, systemError: Int32 = 0) {
        self.code = code
        self.message = message
        self.systemError = systemError
    }

    /// The message.
    public var description: String { message }
}
