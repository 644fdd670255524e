// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import CLibFuzzer
import Foundation

/// Runs a fuzz target with the program's own arguments, which are libFuzzer's options; ends the process.
public func runFuzzer(_ target: clibfuzzer_target) -> Never {
    // libFuzzer keeps the arguments as long as it runs.
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    exit(
        arguments.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return 2 }
            return clibfuzzer_run(Int32(buffer.count - 1), start, target)
        }
    )
}
