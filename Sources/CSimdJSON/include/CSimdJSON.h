// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#ifndef CSIMDJSON_H
#define CSIMDJSON_H
#endif
