// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// A package of its own, built with libFuzzer's instrumentation by scripts/fuzz.sh: the relay is never built with it.

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func fuzzer(_ name: String, _ products: [String]) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["CLibFuzzer", "FuzzRunner"] + products.map { .product(name: $0, package: "presence-relay") },
        swiftSettings: swiftSettings
    )
}

let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "presence-relay", path: "..")],
    targets: [
        .target(name: "CLibFuzzer"),
        .target(name: "FuzzRunner", dependencies: ["CLibFuzzer"], swiftSettings: swiftSettings),
        fuzzer("DecoderFuzz", ["GenesysEvents"]),
        fuzzer("RequestFuzz", ["HTTPServer"]),
        fuzzer("RouterFuzz", ["HTTPServer"]),
        fuzzer("SignatureFuzz", ["Credentials", "GenesysEvents", "HTTPServer", "Ingest"]),
    ]
)
