# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""Every relative link and picture in the Markdown files points to a file, and every #anchor to a heading."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def anchors(document: pathlib.Path) -> set[str]:
    """Anchors as GitHub makes them from headings."""
    found: set[str] = set()
    for line in document.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"#{1,6}\s+(.*)", line):
            plain = re.sub(r"[`*]", "", match[1]).strip().lower()
            found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def main() -> int:
    broken = 0
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md"), *ROOT.glob("Benchmarks/*.md")]
    for document in documents:
        text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = (document.parent / name).resolve() if name else document
            if not file.exists():
                problem = "no such file"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                problem = "no such heading"
            else:
                continue
            print(f"{document.relative_to(ROOT)}: {target}: {problem}", file=sys.stderr)
            broken += 1
    return 1 if broken else 0


sys.exit(main())
