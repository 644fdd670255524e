// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Why a measurement could not be made.
public struct ProbeError: Error, CustomStringConvertible {
    /// What has happened, for whoever runs the measurement.
    public var message: String
    /// The message.
    public var description: String { message }

    /// An error with that message.
    public init(message: String) { self.message = message }
}
