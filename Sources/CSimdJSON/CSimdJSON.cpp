// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

#include "CSimdJSON.h"

#include <new>
#include <simdjson.h>

static_assert(CSIMDJSON_SUCCESS == simdjson::SUCCESS, "");
static_assert(CSIMDJSON_TAPE_ERROR == simdjson::TAPE_ERROR, "");

struct csimdjson_parser {
    simdjson::dom::parser dom;
    explicit csimdjson_parser(size_t max_capacity) noexcept : dom(max_capacity) {}
};

csimdjson_parser *csimdjson_parser_create(size_t max_capacity, size_t max_depth) {
    auto *parser = new (std::nothrow) csimdjson_parser(max_capacity);
    if (parser != nullptr && parser->dom.allocate(simdjson::dom::MINIMAL_DOCUMENT_CAPACITY, max_depth) != simdjson::SUCCESS) {
        delete parser;
        return nullptr;
    }
    return parser;
}

void csimdjson_parser_destroy(csimdjson_parser *parser) { delete parser; }

size_t csimdjson_parser_capacity(const csimdjson_parser *parser) { return parser->dom.capacity(); }

int csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t length, csimdjson_document *document) {
    const auto error = parser->dom.parse(bytes, length, true).error();
    document->tape = parser->dom.doc.tape.get();
    document->strings = parser->dom.doc.string_buf.get();
    document->structurals = nullptr;
    document->structural_count = 0;
    if (error == simdjson::SUCCESS || error == simdjson::TAPE_ERROR) {
        document->structurals = parser->dom.implementation->structural_indexes.get();
        document->structural_count = parser->dom.implementation->n_structural_indexes;
    }
    return error;
}

const char *csimdjson_error_message(int code) {
    return simdjson::error_message(static_cast<simdjson::error_code>(code));
}
