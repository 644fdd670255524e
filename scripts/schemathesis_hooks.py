# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""What Schemathesis does not know by itself: bodies of newline-delimited JSON."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def newline_delimited_json(context, value):
    if isinstance(value, str):
        return value.encode("utf-8", errors="surrogatepass")
    if isinstance(value, list):
        return b"".join(json.dumps(line).encode() + b"\n" for line in value)
    return json.dumps(value).encode() + b"\n"
