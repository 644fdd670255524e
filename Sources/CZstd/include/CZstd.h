// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#ifndef CZSTD_H
#define CZSTD_H
#include <zstd.h>
#endif
