// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#ifndef CLIBFUZZER_H
#define CLIBFUZZER_H
#include <stddef.h>
#include <stdint.h>

// libFuzzer as a library (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library): SwiftPM gives every program
// a main of its own.

typedef int (*_Nonnull clibfuzzer_target)(const uint8_t *_Nonnull data, size_t size);

/// Runs the target with the inputs that libFuzzer makes; returns what the program is to exit with.
int clibfuzzer_run(int argc, char *_Nullable *_Nonnull argv, clibfuzzer_target target);

#endif
