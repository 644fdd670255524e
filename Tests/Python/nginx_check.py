# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""Sends the HTTP vectors to our server and to a stock nginx, and compares how the two have read them.

usage: nginx_check.py HTTPDRIVER [--update]

HTTPDRIVER is the program of Tests/HTTPDriver. nginx runs with a configuration of its own, in a folder of its own, on a Unix
socket: its front reads whole requests and hands them to a second server, which says method, target and length. Fails when
the two differ where Tests/Fixtures/HTTP/nginx/differences.txt does not say so, when they no longer differ where it does, and
when docs/http.md does not have the reason. --update writes the list anew, with what has no reason yet under a `?`.
"""

import asyncio
import grp
import os
import pathlib
import pwd
import re
import subprocess
import sys
import tempfile
import time

from http_vectors import FIXTURES, vectors

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIFFERENCES = FIXTURES / "nginx" / "differences.txt"
# Whoever has read everything before it as we did answers this, and closes.
LAST = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
CONFIGURATION = """
daemon off;
%(user)s
worker_processes 1;
pid %(folder)s/pid;
error_log %(folder)s/errors crit;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path %(folder)s/body;
    proxy_temp_path %(folder)s/proxy;
    fastcgi_temp_path %(folder)s/fastcgi;
    uwsgi_temp_path %(folder)s/uwsgi;
    scgi_temp_path %(folder)s/scgi;
    client_header_timeout 3s;
    client_body_timeout 3s;
    keepalive_timeout 3s;
    server {
        listen unix:%(folder)s/front;
        location / { proxy_pass http://unix:%(folder)s/back; }
    }
    server {
        listen unix:%(folder)s/back;
        default_type text/plain;
        set $length $http_content_length;
        if ($length = "") { set $length 0; }
        return 200 "$request_method $request_uri $length\\n";
    }
}
"""


async def verdict(open_connection, sent):
    """How a server has read it: the answers in order, up to the end of the connection."""
    reader, writer = await open_connection()
    try:
        writer.write(sent)
        received = await asyncio.wait_for(reader.read(-1), 30)
    except ConnectionError:
        return "reset"
    except asyncio.TimeoutError:
        return "open"
    finally:
        writer.close()
    # Who waits for more says so with 408, or closes without a word: both have read nothing more.
    return ", ".join(answer for answer in answers(received, sent) if answer != "408") or "closed"


def answers(received, sent):
    """One word or line for each answer: what was read for 200, else the status."""
    found = []
    while received:
        head, separator, received = received.partition(b"\r\n\r\n")
        if not separator or not head.startswith(b"HTTP/1."):
            found.append("content")
            break
        status = head.split(b" ")[1].decode()
        lines = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
        fields = {name.strip().lower(): value.strip() for name, _, value in lines}
        if status == "100":
            continue
        # An answer to HEAD has a length and no content; the next answer, or nothing, follows at once.
        bare = not received or received.startswith(b"HTTP/1.")
        if b"content-length" in fields and not bare:
            length = int(fields[b"content-length"])
            body, received = received[:length], received[length:]
        elif fields.get(b"transfer-encoding") == b"chunked" and not bare:
            body, received = whole(received)
        elif bare:
            body = b"HEAD\n" if b"HEAD" in sent else b""
        else:
            body, received = received, b""
        # nginx hands on the path of an absolute target alone.
        text = body.decode("ascii", "backslashreplace").strip()
        line = re.sub(r" https?://[^/? ]*/?", " /", text, count=1, flags=re.IGNORECASE)
        found.append(line if status == "200" else status)
    return found


def whole(received):
    body = b""
    while True:
        size, _, received = received.partition(b"\r\n")
        length = int(size, 16)
        body, received = body + received[:length], received[length + 2:]
        if length == 0:
            return body, received


def questions():
    """Name and bytes of each vector that the default limits judge."""
    for vector in vectors():
        if not vector.has_limits:
            incomplete = "incomplete" in vector.expected
            yield vector.name, vector.bytes if incomplete else vector.bytes + LAST


async def compare(ours, theirs):
    places = asyncio.Semaphore(48)

    async def reading(server, sent):
        # A reset may overtake the answer before it.
        for _ in range(5):
            found = await verdict(server, sent)
            if found != "reset":
                break
        return found

    async def one(name, sent):
        async with places:
            return name, *await asyncio.gather(reading(ours, sent), reading(theirs, sent))

    return await asyncio.gather(*[one(name, sent) for name, sent in questions()])


def listed():
    """The list: reasons in order, and by name of the vector the line that stands there, with its reason."""
    reasons, lines, reason = [], {}, None
    if DIFFERENCES.exists():
        for line in DIFFERENCES.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                reason = line[2:]
                reasons.append(reason)
            elif line:
                lines[line.split(" | ")[0]] = (line, reason)
    return reasons, lines


def check(results, update):
    reasons, known = listed()
    differences = {name: f"{name} | {ours} | {theirs}" for name, ours, theirs in results if ours != theirs}
    if update:
        groups = {reason: [] for reason in reasons}
        for name, line in differences.items():
            groups.setdefault(known.get(name, (None, "?"))[1], []).append(line)
        text = "\n\n".join("\n".join([f"# {reason}", *lines]) for reason, lines in groups.items() if lines)
        DIFFERENCES.write_text(text + "\n", encoding="utf-8")
        return []
    problems = [f"differs, and is not listed: {line}" for name, line in differences.items() if name not in known]
    for name, (line, reason) in known.items():
        if name not in differences:
            problems.append(f"is listed, and does not differ: {line}")
        elif differences[name] != line:
            problems.append(f"differs in another way: {differences[name]}; the list has {line}")
    document = re.sub(r"\s+", " ", (ROOT / "docs" / "http.md").read_text(encoding="utf-8"))
    problems += [f"docs/http.md does not have the reason: {reason}" for reason in reasons if reason not in document]
    return problems


def started(command, **options):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)


def run(driver, update):
    user = f"user {pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name};" if os.getuid() == 0 else ""
    processes = []
    with tempfile.TemporaryDirectory(prefix="presence-relay.") as folder:
        configuration = pathlib.Path(folder, "nginx.conf")
        configuration.write_text(CONFIGURATION % {"folder": folder, "user": user}, encoding="utf-8")
        try:
            nginx = started(["nginx", "-p", folder, "-c", configuration, "-e", f"{folder}/errors"])
            processes.append(nginx)
            server = started([driver], stdout=subprocess.PIPE, text=True)
            processes.append(server)
            address = re.search(r"http://([0-9.]+):([0-9]+)", server.stdout.readline())
            if not address:
                raise SystemExit("nginx_check: no address from our server")
            deadline = time.monotonic() + 30
            while not pathlib.Path(folder, "front").exists() or not pathlib.Path(folder, "pid").exists():
                if nginx.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("nginx_check: nginx does not start: " + pathlib.Path(folder, "errors").read_text())
                time.sleep(0.02)
            results = asyncio.run(
                compare(
                    lambda: asyncio.open_connection(address[1], int(address[2]), limit=1 << 24),
                    lambda: asyncio.open_unix_connection(f"{folder}/front", limit=1 << 24),
                )
            )
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
    problems = check(results, update)
    same = sum(ours == theirs for _, ours, theirs in results)
    print(f"{len(results)} vectors: {same} read alike, {len(results) - same} not; {len(problems)} problems")
    for problem in problems:
        print(f"  {problem}")
    if problems:
        print(subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr.strip())
    return 1 if problems else 0


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    sys.exit(run(arguments[0], "--update" in sys.argv))
