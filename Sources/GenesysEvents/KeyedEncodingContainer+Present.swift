// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension KeyedEncodingContainer {
    /// As `encodeIfPresent`, which is asked by way of a box whether there is anything: of the tens of members that a stored
    /// agent may have, most are absent.
    @inlinable @inline(__always)
    public mutating func encode<Value: Encodable>(present value: Value?, _ key: Key) throws {
        if let value { try encode(value, forKey: key) }
    }

    /// As `encodeIfPresent`.
    @inlinable @inline(__always)
    public mutating func encode(present value: String?, _ key: Key) throws {
        if let value { try encode(value, forKey: key) }
    }
}
