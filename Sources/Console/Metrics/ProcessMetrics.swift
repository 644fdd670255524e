// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc

/// What the kernel knows of this process, by the names that every Prometheus client library uses (proc(5)).
enum ProcessMetrics {
    /// Appends the families; a value that cannot be read is left out.
    static func write(to text: inout String) {
        let statistics = fields(of: "/proc/self/stat")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // Numbered as in proc(5), where field 1 is the process id; `fields(of:)` begins at field 3.
        func field(_ number: Int) -> Double? {
            let index = number - 3
            return statistics.indices.contains(index) ? Double(statistics[index]) : nil
        }
        if let user = field(14), let system = field(15) {
            let help = "Total user and system CPU time spent in seconds."
            family("process_cpu_seconds_total", "counter", help, (user + system) / ticks, to: &text)
        }
        if let descriptors = openDescriptors() {
            family("process_open_fds", "gauge", "Number of open file descriptors.", Double(descriptors), to: &text)
        }
        if let resident = field(24) {
            let bytes = resident * Double(sysconf(Int32(_SC_PAGESIZE)))
            family("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", bytes, to: &text)
        }
        if let start = field(22), let boot = bootTime {
            let help = "Start time of the process since unix epoch in seconds."
            family("process_start_time_seconds", "gauge", help, boot + start / ticks, to: &text)
        }
    }

    /// Seconds since 1970 at which the machine started; `/proc/self/stat` counts from there.
    private static let bootTime: Double? = contents(of: "/proc/stat")?.split(separator: "\n")
        .first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }

    private static func family(_ name: String, _ kind: String, _ help: String, _ value: Double, to text: inout String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        text += PrometheusText.sample(name, "", PrometheusText.number(value))
    }

    /// Everything after the command name, which is in parentheses and may itself hold spaces and parentheses.
    private static func fields(of path: String) -> [Substring] {
        guard let line = contents(of: path), let end = line.lastIndex(of: ")") else { return [] }
        return line[line.index(after: end)...].split { $0 == " " || $0 == "\n" }
    }

    private static func openDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the directory's own descriptor.
        return max(0, count - 3)
    }

    private static func contents(of path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
