#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""The HTTP vectors of Tests/Fixtures/HTTP (its README.md says what the lines mean), for Python.

usage: http_vectors.py seeds FOLDER ROUTER_FOLDER     writes them as seeds of the fuzz targets RequestFuzz and RouterFuzz
"""

import hashlib
import pathlib
import sys

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "HTTP"
ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}


class Vector:
    def __init__(self, file, lines):
        self.file, self.name, self.source = file, lines[0], lines[1]
        self.has_limits = any(line.startswith("limits ") for line in lines)
        self.bytes = b"".join(unescaped(line[2:]) for line in lines[2:] if line.startswith("|"))
        self.expected = [line[2:] for line in lines[2:] if line.startswith("= ")]


def unescaped(text):
    out, place = b"", 0
    while place < len(text):
        character, place = text[place], place + 1
        if character != "\\":
            out += character.encode()
            continue
        kind, place = text[place], place + 1
        if kind == "x":
            out, place = out + bytes.fromhex(text[place:place + 2]), place + 2
        elif kind == "(":
            star, end = text.index("*", place), text.index(")", place)
            out, place = out + int(text[place:star]) * unescaped(text[star + 1:end]), end + 1
        else:
            out += ESCAPES[kind]
    return out


def vectors():
    found = []
    for path in sorted(FIXTURES.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            lines = [line for line in block.split("\n") if line and not line.startswith("#")]
            if lines and not lines[0].startswith("route "):
                found.append(Vector(path.stem, lines))
    return found


def write_seeds(requests, router):
    for number, vector in enumerate(vectors()):
        # The limits, and then what decides the cuts.
        prefix = bytes([1 if vector.has_limits else 0]) + hashlib.sha256(vector.name.encode()).digest()[:8]
        pathlib.Path(requests, f"vector-{number}").write_bytes(prefix + vector.bytes)
        if vector.file == "router":
            pathlib.Path(router, f"vector-{number}").write_bytes(vector.bytes.split(b" HTTP/1")[0])


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "seeds":
        sys.exit(__doc__)
    write_seeds(sys.argv[2], sys.argv[3])
