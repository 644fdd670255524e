# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
"""Tables (Markdown) from the raw numbers of run.sh: medians over the rounds.

tables.py front|idle|ingest|latency|storm|day|state|replay|endurance FILE
"""

import statistics
import sys
from collections import defaultdict


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip()]


def median(values):
    return statistics.median(values)


def spread(values):
    """The rounds lie so far apart: a wide spread says that the machine was busy with something else."""
    return f"{(max(values) - min(values)) / median(values) * 100:.0f} %" if median(values) else "-"


def table(head, lines):
    print()
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for line in lines:
        print("| " + " | ".join(str(cell) for cell in line) + " |")
    print()


def connection(close):
    return "one per request" if close == "1" else "kept"


FRONT = {"ours": "ours", "peer": "Hummingbird", "floor": "bare epoll in C"}


def front(path):
    runs, order = defaultdict(list), []
    for scenario, name, connections, _, *fields in rows(path):
        requests, seconds, p50, p99, p999, errors, refused, resident, ticks = fields
        key = scenario, int(connections)
        if key not in order:
            order.append(key)
        runs[key, name].append((
            int(requests) / float(seconds), float(p50), float(p99), float(p999), int(errors) + int(refused),
            int(resident), int(ticks) * 10_000 / max(int(requests), 1)))
    lines = []
    for key in order:
        columns = {name: [list(column) for column in zip(*runs[key, name])] for name in FRONT if runs[key, name]}
        ours = median(columns["ours"][0])
        lines.append([
            key[0], key[1], *(f"{median(columns[name][0]):,.0f}" if name in columns else "-" for name in FRONT),
            *(f"{ours / median(columns[name][0]):.2f}" if name in columns else "-" for name in ("peer", "floor")),
            *(" / ".join(f"{median(columns[name][place]):.2f}" for place in (1, 2, 3)) for name in ("ours", "peer")),
            " / ".join(f"{median(columns[name][6]):.1f}" for name in columns),
            " / ".join(str(max(columns[name][5])) for name in columns),
            " / ".join(spread(columns[name][0]) for name in columns),
            " / ".join(str(sum(columns[name][4])) for name in columns),
        ])
    table(["load", "connections", *(f"{FRONT[name]} req/s" for name in FRONT), "to Hummingbird", "to bare epoll",
           "ours p50 / p99 / p99.9 ms", "Hummingbird p50 / p99 / p99.9 ms", "CPU µs per request", "RSS MB", "spread",
           "errors"], lines)


def ingest(path):
    bare = defaultdict(list)
    runs = defaultdict(list)
    for round_, size, name, *fields in rows(path):
        if name in ("relay", "peer", "floor"):
            close, connections, requests, seconds, p50, p99, _, errors, refused, _, _, resident, ticks = fields
            runs[int(size), close, int(connections), name].append(
                (int(requests) / float(seconds), float(p50), float(p99), int(errors) + int(refused), int(resident),
                 int(ticks) * 10_000 / max(int(requests), 1)))
        else:
            bare[int(size), name].append(int(fields[0]))
    for size in sorted({key[0] for key in bare}):
        syncs, sqlite, compressed = (bare[size, name] for name in ("fdatasync", "sqlite", "sqlite-compressed"))
        print(f"\n{size:,} bytes: bare fdatasync {median(syncs):,.0f}/s (spread {spread(syncs)}); "
              f"bare SQLite, 64 rows a commit, {median(sqlite):,.0f} rows/s (spread {spread(sqlite)}), "
              f"with the body compressed {median(compressed):,.0f} rows/s (spread {spread(compressed)})")
        lines = []
        for close, connections in sorted({key[1:3] for key in runs if key[0] == size}):
            ours, peer, floor = ([list(column) for column in zip(*runs[size, close, connections, name])]
                                 for name in ("relay", "peer", "floor"))
            lines.append([
                connection(close), connections, f"{median(ours[0]):,.0f}", f"{median(ours[0]) / median(sqlite):.2f}",
                *(f"{median(other[0]):,.0f} ({median(ours[0]) / median(other[0]):.2f})" for other in (peer, floor)),
                *(f"{median(side[1]):.2f} / {median(side[2]):.2f}" for side in (ours, peer, floor)),
                " / ".join(f"{median(side[5]):.0f}" for side in (ours, peer, floor)),
                " / ".join(str(max(side[4])) for side in (ours, peer, floor)),
                " / ".join(spread(side[0]) for side in (ours, peer, floor)),
                " / ".join(str(sum(side[3])) for side in (ours, peer, floor)),
            ])
        table(["connection", "connections", "events/s on disk", "to bare SQLite", "Hummingbird + GRDB (ratio)",
               "bare HTTP and SQLite in C (ratio)", "p50 / p99 ms", "peer's", "bare", "CPU µs an event", "RSS MB", "spread",
               "errors"], lines)


def latency(path):
    runs = defaultdict(list)
    for name, rate, reached, p50, p99, most, samples, missing in rows(path):
        runs[int(rate), name].append((reached, p50, p99, most, samples, missing))
    lines = []
    for rate, name in sorted(runs):
        reached, p50, p99, most, samples, missing = ([*column] for column in zip(*runs[rate, name]))

        def middle(values):
            measured = [float(value) for value in values if value != "-"]
            return f"{median(measured):.2f}" if measured else "-"

        lines.append([name, rate, middle(reached), middle(p50), middle(p99),
                      middle(most), sum(map(int, samples)), sum(map(int, missing))])
    table(["what", "events/s asked", "reached", "p50 ms", "p99 ms", "max ms", "samples", "without a call of their own"],
          lines)


def storm(path):
    runs = rows(path)
    names = {"known": "announced before, events come back", "unheard": "announced before, no event comes back",
             "unknown": "never heard of before"}

    def line(title, value):
        return [title] + [value(run) for run in runs]

    print()
    table(["agents"] + [f"{int(run[1]):,}, {names[run[0]]}" for run in runs], [
        line("events posted in", lambda run: f"{run[2]} s"),
        line("set: 50 % / 99 % / all", lambda run: " / ".join(run[3:6]) + " s"),
        line("confirmed: 50 % / 99 % / all", lambda run: " / ".join(run[6:9]) + " s"),
        line("set / confirmed when looked at", lambda run: f"{int(run[9]):,} / {int(run[10]):,}, after {run[18]} s"),
        line("from event to set, first / last tenth posted", lambda run: f"{run[11]} / {run[12]} s"),
        line("calls", lambda run: run[13]),
        line("most calls in any 60 s", lambda run: run[14]),
        line("429s", lambda run: run[15]),
        line("relay: RSS / CPU", lambda run: f"{run[16]} MB / {run[17]} s"),
        line("202 p50 / p99 ms, quiet", lambda run: run[19]),
        line("202 p50 / p99 ms, while posting", lambda run: run[20]),
        line("202 p50 / p99 ms, while delivering", lambda run: run[21]),
        line("events without a 202", lambda run: run[22]),
    ])


def day(path):
    lines = []
    for fields in rows(path):
        if fields[0] == "day":
            agents, happenings, calls, flags, changes = map(int, fields[1:])
            print(f"\n{agents:,} agents, 10 h: {happenings:,} happenings, among them {calls:,} calls, {flags:,} flags, "
                  f"{changes:,} changes by hand")
            continue
        (name, _, limit, events, wishes, statuses, changes, total, kinds, refused, each, full, p50, p99, never_set,
         never_back, wrong, remark, took) = fields
        lines.append([
            name, f"{int(events):,}", f"{int(wishes):,}", f"{int(changes):,}", f"{int(total):,} ({kinds})", refused,
            f"{float(each):.2f}", "-" if full == "-" else f"{float(full) * 100:.1f} %", f"{p50} / {p99}",
            f"{int(never_set) / int(statuses) * 100:.2f} %", never_back, f"{float(wrong) * 100:.3f} %",
        ])
        print(f"- {name}: {remark} ({took} s of computing, {limit} calls/min)")
    table(["way", "events", "wishes, writes or looks", "status changes made", "calls", "429s", "calls per change",
           "time at the limit", "delay p50 / p99 s", "statuses never set", "never put back", "wrong agent-minutes"],
          lines)


def state(path):
    agents, events = [], []
    for fields in rows(path):
        if fields[0] == "apply":
            events.append(fields[1:4])
            continue
        kind, count, stored, allocated, resident, before, loaded, loaded_most, looked, looked_most, took = fields[1:]

        def megabytes(value):
            return f"{int(value) / 1e6:,.0f} MB"

        agents.append([
            f"{int(count):,} {kind}", f"{int(stored):,} B", f"{int(allocated):,} B", f"{int(resident):,} B",
            megabytes(before), f"{megabytes(loaded)} / {megabytes(loaded_most)}",
            f"{megabytes(looked)} / {megabytes(looked_most)}", f"{took} s",
        ])
    table(["agents", "stored", "allocated for each", "resident for each", "RSS before", "RSS after the read / at most",
           "after a look at each / at most", "read in"], agents)
    table(["event", "p50 µs", "p99 µs"], events)


def replay(path):
    runs = defaultdict(list)
    for name, _, events, seconds, processor, resident in rows(path):
        runs[name].append((int(events), float(seconds), float(processor), int(resident)))
    lines = []
    for name, measured in runs.items():
        events, seconds, processor, resident = (list(column) for column in zip(*measured))
        # The bare read is done by the probe itself, which does not measure what it takes.
        is_probe = name == "decode"
        lines.append([
            "bare read and decode" if is_probe else name, f"{events[0]:,}", f"{median(seconds):.1f}",
            f"{events[0] / median(seconds):,.0f}", "-" if is_probe else f"{median(processor):.1f}",
            "-" if is_probe else max(resident), spread(seconds),
        ])
    table(["rules", "events", "seconds", "events/s", "CPU s", "RSS MB", "spread"], lines)


def endurance(path):
    minutes = rows(path)
    lines = []
    for first in range(0, len(minutes), 10):
        columns = list(zip(*minutes[first:first + 10]))
        numbers = [[float(value) for value in column if value != "-"] for column in columns]
        lines.append([
            f"{columns[0][0]} to {columns[0][-1]}", f"{sum(numbers[1]):,.0f}", f"{sum(numbers[2]):,.0f}",
            " / ".join(f"{median(numbers[place]):.2f}" for place in (3, 4)), f"{max(numbers[5]):.0f}",
            f"{min(numbers[6]):.0f} to {max(numbers[6]):.0f}", f"{median(numbers[7]):.1f}",
            f"{min(numbers[8]):,.0f} to {max(numbers[8]):,.0f}", f"{max(numbers[9], default=0):,.0f}",
            f"{median(numbers[10]):.1f} / {max(numbers[11]):.0f}", f"{max(numbers[12]):.0f}",
            f"{median(numbers[13]):.0f}",
        ])
    table(["minutes", "events", "no 202", "p50 / p99 ms", "slowest ms", "RSS MB", "CPU s a minute", "database and log MB",
           "most not applied yet", "a sync beside it, p99 / slowest ms", "load late by ms", "taken by the hypervisor %"],
          lines)


PARTS = {
    "endurance": endurance,
    "front": front, "ingest": ingest, "latency": latency, "storm": storm, "day": day, "state": state, "replay": replay,
}
if len(sys.argv) != 3 or sys.argv[1] not in PARTS:
    sys.exit(__doc__)
PARTS[sys.argv[1]](sys.argv[2])
