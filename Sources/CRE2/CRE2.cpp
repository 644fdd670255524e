// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

#include "CRE2.h"

#include <re2/re2.h>

#include <cstring>
#include <new>

struct cre2_pattern {
    re2::RE2 expression;

    cre2_pattern(re2::StringPiece text, const re2::RE2::Options &options) : expression(text, options) {}
};

cre2_pattern *cre2_pattern_create(const char *expression, size_t length, bool ignore_case, char *reason,
                                  size_t reason_capacity) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(!ignore_case);
    // "." is any character, as people expect of one line of text that may hold a line break.
    options.set_dot_nl(true);
    options.set_max_mem(1 << 20);
    auto *pattern = new (std::nothrow) cre2_pattern(re2::StringPiece(expression, length), options);
    if (pattern != nullptr && pattern->expression.ok()) return pattern;
    if (reason_capacity > 0) {
        std::strncpy(reason, pattern == nullptr ? "out of memory" : pattern->expression.error().c_str(),
                     reason_capacity - 1);
        reason[reason_capacity - 1] = '\0';
    }
    delete pattern;
    return nullptr;
}

void cre2_pattern_destroy(cre2_pattern *pattern) { delete pattern; }

bool cre2_pattern_matches(const cre2_pattern *pattern, const char *text, size_t length, bool anchored) {
    return pattern->expression.Match(re2::StringPiece(text, length), 0, length,
                                     anchored ? re2::RE2::ANCHOR_BOTH : re2::RE2::UNANCHORED, nullptr, 0);
}
