// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// Tells one state of a file from another without reading it. Links are followed, so that a link that leads to another
/// file from now on (as Kubernetes updates a config map) shows as well.
public struct FileState: Sendable, Hashable {
    private let size: Int64
    /// In nanoseconds.
    private let modified: Int64
    private let inode: UInt64
    private let device: UInt64

    /// A state as `stat` tells it; tests make their own.
    public init(size: Int64 = 0, modified: Int64 = 0, inode: UInt64 = 0, device: UInt64 = 0) {
        self.size = size
        self.modified = modified
        self.inode = inode
        self.device = device
    }

    /// The file at a path; `nil` = there is none, or it is none that stays (a pipe, a terminal, a folder).
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(
            size: Int64(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
            inode: UInt64(status.st_ino),
            device: UInt64(status.st_dev)
        )
    }
}
