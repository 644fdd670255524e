// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc

/// A descriptor that is held so that one can be had when the process has no more.
struct ReservedDescriptor: ~Copyable {
    private var descriptor: Int32 = -1

    /// Holds one, if there is one to be had.
    init() { _ = take() }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    var isHeld: Bool { descriptor >= 0 }

    mutating func take() -> Bool {
        if descriptor < 0 { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
        return isHeld
    }

    mutating func release() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
