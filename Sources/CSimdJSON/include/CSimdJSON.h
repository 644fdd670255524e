// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// The door to simdjson's DOM parser: one call parses, and the result is simdjson's own tape, which Swift walks.
// The tape's format is the one that simdjson documents in doc/tape.md.

#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csimdjson_parser csimdjson_parser;

/// What one parse left behind; valid until the next parse with the same parser.
typedef struct {
    const uint64_t *tape;
    /// Strings as 32-bit length, bytes, NUL.
    const uint8_t *strings;
    /// Offsets of `{ } [ ] : ,` outside strings and of the first byte of every scalar and string.
    const uint32_t *structurals;
    size_t structural_count;
} csimdjson_document;

enum {
    CSIMDJSON_SUCCESS = 0,
    /// A structural error, among others content after the end of the document. The structurals are valid.
    CSIMDJSON_TAPE_ERROR = 3,
};

/// NULL when out of memory. Documents nest at most `max_depth - 1` deep and have at most `max_capacity` bytes.
csimdjson_parser *csimdjson_parser_create(size_t max_capacity, size_t max_depth);
void csimdjson_parser_destroy(csimdjson_parser *parser);
/// Bytes of the largest document so far, for which the parser keeps memory.
size_t csimdjson_parser_capacity(const csimdjson_parser *parser);
/// 0, or simdjson's error code. The bytes are copied, so that they need no padding.
int csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t length, csimdjson_document *document);
/// A static text.
const char *csimdjson_error_message(int code);

#ifdef __cplusplus
}
#endif

#endif
