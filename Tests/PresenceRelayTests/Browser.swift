// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// Headless Chromium.
enum Browser {
    /// A page's document after its scripts have run.
    ///
    /// - Parameters:
    ///   - folder: for what the browser keeps.
    ///   - budget: seconds of the page's own time.
    static func document(
        of url: String,
        in folder: URL,
        budget: Int,
        options: [String] = []
    ) throws -> String {
        let browser = Process()
        browser.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        browser.arguments =
            [
                "-s", "KILL", "60", "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--virtual-time-budget=\(budget * 1000)",
                "--user-data-dir=\(folder.appendingPathComponent("chromium-\(UUID().uuidString)").path)",
            ] + options + ["--dump-dom", url]
        let output = Pipe()
        browser.standardOutput = output
        browser.standardError = FileHandle.nullDevice
        try browser.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        browser.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
