// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import HTTPClient

extension ClientResponse {
    /// `Retry-After` (RFC 9110 section 10.2.3), as seconds or as a date; `nil` = absent or nonsense. At most an hour: who
    /// is away for longer is found away again.
    func retryAfter(now: Timestamp) -> Duration? {
        guard let text = header("Retry-After")?.trimmingCharacters(in: .whitespaces) else { return nil }
        let seconds: Int64
        if let number = Int64(text) {
            seconds = number
        } else {
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(secondsFromGMT: 0)
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            guard let date = format.date(from: text) else { return nil }
            seconds = Int64(date.timeIntervalSince1970) - now.unixSeconds
        }
        return seconds < 0 ? nil : .seconds(min(seconds, 3600))
    }
}
