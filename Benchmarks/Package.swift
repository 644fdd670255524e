// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// Never built by `make test`. The comparison server is another package, in HummingbirdPeer/.

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let httpServer: Target.Dependency = .product(name: "HTTPServer", package: "presence-relay")
let httpClient: Target.Dependency = .product(name: "HTTPClient", package: "presence-relay")

let package = Package(
    name: "presence-relay-benchmarks",
    dependencies: [
        .package(name: "presence-relay", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .executableTarget(name: "BarePeer", dependencies: [httpServer, logging], swiftSettings: swiftSettings),
        .executableTarget(name: "DiskBaseline", dependencies: ["CSQLite"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "LatencyProbe",
            dependencies: [httpServer, httpClient, logging],
            swiftSettings: swiftSettings
        ),
    ]
)
