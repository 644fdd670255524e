# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""Two clients of scripts/slow-clients.sh, on a server at 127.0.0.1.

slow_clients.py healthy PORT SECONDS: a new connection 100 times a second with one GET, and prints
`answers failures p50 p99 max` with the times in milliseconds, from when the connect was due to the end of the answer: a
server that stops for a second makes a hundred of them late, although they come one after the other.
slow_clients.py drip PORT SECONDS CONNECTIONS: so many POSTs whose content comes a byte a second; prints how many there
were, and how many of them the server ended before their content did.
"""

import selectors
import socket
import sys
import time


def healthy(port, seconds):
    times, failures = [], 0
    end = time.monotonic() + seconds
    due = time.monotonic()
    while due < end:
        time.sleep(max(0, due - time.monotonic()))
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answer = b""
                while piece := client.recv(65536):
                    answer += piece
            assert answer.startswith(b"HTTP/1.1 200 "), answer
            times.append((time.monotonic() - due) * 1000)
        except (OSError, AssertionError) as error:
            print(f"healthy client: {error}", file=sys.stderr)
            failures += 1
        due += 0.01
    times.sort()

    def percentile(share):
        return times[max(0, min(len(times) - 1, -int(-len(times) * share // 1) - 1))] if times else float("inf")

    print(len(times), failures, f"{percentile(0.5):.2f} {percentile(0.99):.2f} {times[-1] if times else 0:.2f}")


def drip(port, seconds, count):
    selector = selectors.DefaultSelector()
    opened, ended = 0, 0

    def knock():
        nonlocal opened
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        client.sendall(b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ)
        opened += 1

    for _ in range(count):
        knock()
    end = time.monotonic() + seconds
    due = time.monotonic() + 1
    while time.monotonic() < end:
        for key, _ in selector.select(max(0, due - time.monotonic())):
            # An answer or the end: both mean that the server has had enough.
            selector.unregister(key.fileobj)
            key.fileobj.close()
            ended += 1
            knock()
        if time.monotonic() >= due:
            due += 1
            for key in list(selector.get_map().values()):
                try:
                    key.fileobj.send(b"x")
                except OSError:
                    pass
    print(opened, ended)


if __name__ == "__main__":
    mode, numbers = sys.argv[1], [int(text) for text in sys.argv[2:]]
    {"healthy": healthy, "drip": drip}[mode](*numbers)
