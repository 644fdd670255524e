// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#include "CLibFuzzer.h"

int LLVMFuzzerRunDriver(int *argc, char ***argv, clibfuzzer_target target);

int clibfuzzer_run(int argc, char **argv, clibfuzzer_target target) { return LLVMFuzzerRunDriver(&argc, &argv, target); }

// libFuzzer's own main, which comes with the library and never runs, asks for it.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return -1; }
