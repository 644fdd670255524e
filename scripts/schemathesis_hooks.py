# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""What Schemathesis does not know by itself: bodies of newline-delimited JSON, and the range of numbers."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def newline_delimited_json(context, value):
    if isinstance(value, str):
        return value.encode("utf-8", errors="surrogatepass")
    if isinstance(value, list):
        return b"".join(json.dumps(line).encode() + b"\n" for line in value)
    return json.dumps(value).encode() + b"\n"


@schemathesis.hook
def filter_body(context, body):
    """The document bounds numbers in words: a schema cannot reach those in properties that it does not name."""
    return has_numbers_in_range(body)


def has_numbers_in_range(value):
    if isinstance(value, dict):
        return all(has_numbers_in_range(item) for item in value.values())
    if isinstance(value, list):
        return all(has_numbers_in_range(item) for item in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**64
    return True
