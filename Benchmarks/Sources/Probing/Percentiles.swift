// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension Array where Element: Comparable {
    /// The element that so large a share of a sorted array does not exceed; `nil` without elements.
    public func percentile(_ share: Double) -> Element? {
        isEmpty ? nil : self[Swift.max(0, Swift.min(count - 1, Int((Double(count) * share).rounded(.up)) - 1))]
    }
}
