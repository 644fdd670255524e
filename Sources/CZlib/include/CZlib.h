// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#ifndef CZLIB_H
#define CZLIB_H
#include <zlib.h>

// Swift cannot call macros: inflateInit2 is one.

static inline int czlib_inflate_init(z_stream *stream, int window_bits) { return inflateInit2(stream, window_bits); }

#endif
