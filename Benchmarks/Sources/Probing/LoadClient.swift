// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import HTTPClient
import Logging

extension HTTPClient {
    /// A client for a load: at most so many connections to a host, and only errors in the log.
    public static func forLoad(connections: Int) throws -> HTTPClient {
        var logger = Logger(label: "load")
        logger.logLevel = .error
        var settings = HTTPClient.Configuration()
        settings.maxConnectionsPerHost = connections
        return try HTTPClient(configuration: settings, logger: logger)
    }
}
