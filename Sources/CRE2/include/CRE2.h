// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// The door to RE2: regular expressions that match in time linear in the text, whatever they say.

#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cre2_pattern cre2_pattern;

/// NULL when the expression is wrong; the reason (NUL-terminated, cut to `reason_capacity`) says why.
cre2_pattern *cre2_pattern_create(const char *expression, size_t length, bool ignore_case, char *reason,
                                  size_t reason_capacity);
void cre2_pattern_destroy(cre2_pattern *pattern);
/// Whether some part of the text matches, or with `anchored` the text as a whole. May be called from several threads.
bool cre2_pattern_matches(const cre2_pattern *pattern, const char *text, size_t length, bool anchored);

#ifdef __cplusplus
}
#endif

#endif
