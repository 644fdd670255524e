// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")

func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name)] + dependencies,
        swiftSettings: swiftSettings
    )
}

let package = Package(
    name: "presence-relay",
    products: [
        .executable(name: "presence-relay", targets: ["PresenceRelay"]),
        .library(name: "HTTPServer", targets: ["HTTPServer"]),
        .library(name: "HTTPClient", targets: ["HTTPClient"]),
        .library(name: "Journal", targets: ["Journal"]),
        .library(name: "GenesysEvents", targets: ["GenesysEvents"]),
        // For Fuzzing/.
        .library(name: "Credentials", targets: ["Credentials"]),
        .library(name: "Ingest", targets: ["Ingest"]),
        // What decides and delivers, without network and disk: Benchmarks/ drives it through a whole day.
        .library(
            name: "RelayCore",
            targets: ["AgentState", "ConfigurationSyntax", "Delivery", "GenesysAPI", "Pipeline", "StatusRules"]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Thin doors to system libraries: no logic.
        .target(name: "CEpoll"),
        .target(
            name: "COpenSSL",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]
        ),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CZstd", linkerSettings: [.linkedLibrary("zstd")]),

        // Pure: no I/O, no clock, no task.
        library("GenesysEvents", ["CSimdJSON"]),
        // What senders prove themselves with: keys, signatures, names of certificates.
        library("Credentials", ["COpenSSL", "GenesysEvents"]),
        library("AgentState", ["GenesysEvents"]),
        library("ConfigurationSyntax", [.product(name: "Yams", package: "Yams")]),
        library("StatusRules", ["AgentState", "GenesysEvents", "ConfigurationSyntax", "CRE2"]),
        library("Configuration", ["ConfigurationSyntax", "Credentials", "StatusRules", "GenesysEvents"]),

        // Effects at the edges.
        library("HTTPServer", ["CEpoll", "COpenSSL", logging]),
        library("HTTPClient", ["CCurl", logging]),
        library(
            "Journal",
            [
                "CZstd", "GenesysEvents", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"), logging, metrics,
            ],
            resources: [.embedInCode("Dictionary")]
        ),
        library(
            "Ingest",
            ["HTTPServer", "GenesysEvents", "Journal", "CZlib", "Credentials", logging, metrics]
        ),
        library(
            "GenesysAPI",
            [
                "HTTPClient", "GenesysEvents", .product(name: "DequeModule", package: "swift-collections"), logging,
                metrics,
            ]
        ),
        library(
            "Delivery",
            [
                "GenesysAPI", "GenesysEvents", "AgentState",
                .product(name: "HeapModule", package: "swift-collections"), logging, metrics,
            ]
        ),
        library(
            "OutgoingWebhooks",
            ["Credentials", "Delivery", "GenesysEvents", "HTTPClient"]
        ),
        library(
            "Pipeline",
            [
                "Journal", "AgentState", "StatusRules", "Delivery", "GenesysAPI", "GenesysEvents",
                .product(name: "HeapModule", package: "swift-collections"), logging, metrics,
            ]
        ),
        // The same decisions on a clock of their own: explain, replay and rules test. Pure.
        library(
            "Rehearsal",
            [
                "AgentState", "ConfigurationSyntax", "Delivery", "GenesysAPI", "GenesysEvents", "Journal", "Pipeline",
                "StatusRules", .product(name: "HeapModule", package: "swift-collections"),
            ],
            resources: [.embedInCode("Page")]
        ),
        library("Directory", ["ConfigurationSyntax", "GenesysAPI", "StatusRules"]),
        library("Resync", ["AgentState", "GenesysAPI", "GenesysEvents", "Journal", logging]),
        library("Preflight", ["GenesysAPI", "GenesysEvents", logging]),
        library(
            "Console",
            ["Credentials", "HTTPServer", "GenesysEvents", logging, metrics, coreMetrics],
            resources: [.embedInCode("Page")]
        ),
        library("GenesysSimulator", ["HTTPServer", "HTTPClient", "GenesysEvents", logging]),
        .executableTarget(
            name: "PresenceRelay",
            dependencies: [
                "Configuration", "ConfigurationSyntax", "Console", "Credentials", "Delivery", "Directory", "GenesysAPI",
                "GenesysEvents", "GenesysSimulator", "HTTPClient", "HTTPServer", "Ingest", "Journal",
                "OutgoingWebhooks", "Pipeline", "Preflight", "Rehearsal", "Resync", "AgentState", "StatusRules",
                logging, metrics,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings
        ),

        tests("HTTPServer", ["CEpoll", "COpenSSL", logging]),
        tests("HTTPClient", [logging]),
        tests("GenesysEvents"),
        tests("AgentState", ["GenesysEvents"]),
        tests("ConfigurationSyntax"),
        tests("StatusRules", ["AgentState", "GenesysEvents", "ConfigurationSyntax"]),
        tests("Credentials", ["GenesysEvents"]),
        tests("Configuration", ["ConfigurationSyntax", "GenesysEvents", "StatusRules"]),
        tests("Journal", ["GenesysEvents", .product(name: "GRDB", package: "GRDB.swift"), logging]),
        tests(
            "Ingest",
            [
                "Credentials", "HTTPServer", "Journal", "GenesysEvents", "CZlib",
                .product(name: "GRDB", package: "GRDB.swift"), logging,
            ]
        ),
        tests("GenesysAPI", ["HTTPClient", "GenesysEvents", logging, metrics]),
        tests("Delivery", ["GenesysAPI", "GenesysEvents", "AgentState"]),
        tests(
            "Pipeline",
            [
                "Journal", "AgentState", "StatusRules", "Delivery", "GenesysAPI", "GenesysEvents",
                "ConfigurationSyntax", .product(name: "GRDB", package: "GRDB.swift"), logging,
            ]
        ),
        tests(
            "Directory",
            ["ConfigurationSyntax", "GenesysAPI", "GenesysEvents", "HTTPClient", "StatusRules", logging]
        ),
        tests("OutgoingWebhooks", ["Credentials", "Delivery", "GenesysEvents", "HTTPClient", "HTTPServer", logging]),
        tests("Preflight", ["GenesysAPI", "GenesysEvents", "HTTPClient", logging]),
        tests(
            "Rehearsal",
            [
                "AgentState", "ConfigurationSyntax", "Delivery", "GenesysEvents", "Journal", "Pipeline", "StatusRules",
            ]
        ),
        // The scenario files of Tests/Fixtures/Scenarios, each case through `rules test`.
        .testTarget(
            name: "ScenarioTests",
            dependencies: ["Rehearsal", "Configuration", "ConfigurationSyntax", "Pipeline", "StatusRules"],
            swiftSettings: swiftSettings
        ),
        tests("Resync", ["AgentState", "GenesysAPI", "GenesysEvents", "Journal", logging]),
        tests("Console", ["HTTPServer", "GenesysEvents", logging, coreMetrics]),
        tests("GenesysSimulator", ["HTTPServer", "HTTPClient", "GenesysEvents", logging]),
        tests(
            "PresenceRelay",
            [
                "Credentials", "HTTPClient", "HTTPServer", "GenesysEvents", "Journal", "JournalDriver",
                .product(name: "GRDB", package: "GRDB.swift"), logging,
            ]
        ),
        // Says how the server has read what Tests/Python/nginx_check.py sends to it and to nginx.
        .executableTarget(
            name: "HTTPDriver",
            dependencies: ["HTTPServer", logging],
            path: "Tests/HTTPDriver",
            swiftSettings: swiftSettings
        ),
        // Runs on a disk that its test makes fail.
        .executableTarget(
            name: "JournalDriver",
            dependencies: ["GenesysEvents", "Journal", logging],
            path: "Tests/JournalDriver",
            swiftSettings: swiftSettings
        ),
    ],
    cxxLanguageStandard: .cxx17
)
