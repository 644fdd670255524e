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
let journal: Target.Dependency = .product(name: "Journal", package: "presence-relay")
let genesysEvents: Target.Dependency = .product(name: "GenesysEvents", package: "presence-relay")
let relayCore: Target.Dependency = .product(name: "RelayCore", package: "presence-relay")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")

let package = Package(
    name: "presence-relay-benchmarks",
    dependencies: [
        .package(name: "presence-relay", path: ".."),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZstandard", providers: [.apt(["libzstd-dev"])]),
        // glibc's account of the heap.
        .systemLibrary(name: "CMalloc"),
        .executableTarget(name: "BarePeer", dependencies: [httpServer, logging], swiftSettings: swiftSettings),
        // What the two servers in C share.
        .target(name: "FloorListener"),
        .executableTarget(
            name: "EpollFloor",
            dependencies: ["FloorListener"],
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto"), .linkedLibrary("pthread")]
        ),
        .executableTarget(
            name: "JournalFloor",
            dependencies: ["FloorListener"],
            linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("pthread")]
        ),
        .executableTarget(name: "EventLoad"),
        .executableTarget(
            name: "TLSClient",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto"), .linkedLibrary("pthread")]
        ),
        .executableTarget(name: "DiskBaseline", dependencies: ["CSQLite", "CZstandard"], swiftSettings: swiftSettings),
        // What the probes share: processes, events, percentiles.
        .target(name: "Probing", dependencies: [httpClient, logging], swiftSettings: swiftSettings),
        .executableTarget(
            name: "LatencyProbe",
            dependencies: ["Probing", httpServer, httpClient, logging],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "StormProbe",
            dependencies: ["Probing", httpClient],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "EnduranceProbe",
            dependencies: ["Probing", httpClient],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "RuleProbe",
            dependencies: ["Probing", relayCore, journal, genesysEvents],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "StateProbe",
            dependencies: ["CMalloc", "Probing", relayCore, journal, genesysEvents, logging],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "ReplayProbe",
            dependencies: ["Probing", journal, genesysEvents, logging],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "DayProbe",
            dependencies: ["Probing", relayCore, journal, genesysEvents, heap, logging],
            swiftSettings: swiftSettings
        ),
    ]
)
