# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""What an idle connection costs a server beyond the kernel's part: idle.py URL PID [CONNECTIONS].

Every connection sends one POST of 4 KB, reads the answer and stays open. The server's private memory before and after,
divided by the connections, is printed as a line of tabs: protocol, connections, bytes each when they are opened for the
first time, and when as many have been closed before, which shows what is not given back or reused.
"""

import re
import resource
import socket
import ssl
import sys
import time
from urllib.parse import urlsplit

BODY = b"x" * 4096
REQUEST = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def private_bytes(pid):
    """Anonymous memory of the process alone."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return 1024 * int(re.search(r"^Anonymous:\s+(\d+)", file.read(), re.MULTILINE).group(1))


def connect(address, context):
    connection = socket.create_connection(address, timeout=30)
    if context:
        connection = context.wrap_socket(connection)
    connection.sendall(REQUEST)
    answer = b""
    while b"\r\n\r\n" not in answer or not answer.endswith(b"}"):
        piece = connection.recv(4096)
        assert piece, "the server closed a connection"
        answer += piece
    assert answer.startswith(b"HTTP/1.1 202 "), answer
    return connection


def main():
    url, pid = urlsplit(sys.argv[1]), int(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    context = None
    if url.scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = (url.hostname, url.port)

    def settled():
        time.sleep(1)
        return private_bytes(pid)

    connect(address, context).close()
    before = settled()
    fresh = None
    for _ in range(2):
        connections = [connect(address, context) for _ in range(count)]
        after = settled()
        if fresh is None:
            fresh = after
            for connection in connections:
                connection.close()
            connections = []
            again = settled()
    # What a closed connection leaves with the allocator is reused by the next: it is counted as that one's.
    print(url.scheme, count, round((fresh - before) / count), round((after - before) / count), sep="\t")
    print(f"{url.scheme}: {count} idle connections cost {(after - before) / count:.0f} bytes each; the first time "
          f"{(fresh - before) / count:.0f}; {(again - before) / count:.0f} each stay with the allocator after their end",
          file=sys.stderr)
    assert len(connections) == count


main()
