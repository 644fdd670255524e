#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# libFuzzer with AddressSanitizer against what strangers send, beginning with the fixtures of the tests:
#   scripts/fuzz.sh [SECONDS, 20 [TARGET…]]      for each target, by default all
# An input that breaks something is kept under Fuzzing/.build/findings and printed in base64.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

seconds=${1:-20}
targets=("${@:2}")
[[ ${#targets[@]} -gt 0 ]] || targets=(DecoderFuzz RequestFuzz RouterFuzz SignatureFuzz)
# gold cannot link this, and the toolchain brings LLVM's linker.
flags=(-Xswiftc -O -Xswiftc '-sanitize=fuzzer,address' -Xcc '-fsanitize=address,fuzzer-no-link'
    -Xcxx '-fsanitize=address,fuzzer-no-link' -Xswiftc -Xclang-linker -Xswiftc -fuse-ld=lld)
findings=Fuzzing/.build/findings
mkdir -p "$findings"

corpus=''
scratch corpus
for target in "${targets[@]}"; do mkdir -p "$corpus/$target"; done
mkdir -p "$corpus/DecoderFuzz" "$corpus/RequestFuzz" "$corpus/RouterFuzz"
cp Tests/Fixtures/Genesys/*.json "$corpus/DecoderFuzz"
# Each malformed body of the vectors is a seed too.
python3 - Tests/Fixtures/MalformedBodies/vectors.json "$corpus/DecoderFuzz" <<'PYTHON'
import base64, json, pathlib, sys
for number, vector in enumerate(json.load(open(sys.argv[1], encoding="utf-8"))):
    body = base64.b64decode(vector["base64"]) if "base64" in vector else vector["body"].encode("utf-8", "surrogatepass")
    pathlib.Path(sys.argv[2], f"malformed-{number}").write_bytes(body)
PYTHON

python3 Tests/Python/http_vectors.py seeds "$corpus/RequestFuzz" "$corpus/RouterFuzz"

for target in "${targets[@]}"; do
    within 900 swift build --package-path Fuzzing "${flags[@]}" --product "$target" >"$corpus/build" 2>&1 \
        || { cat "$corpus/build" >&2; exit 1; }
    program=$(swift build --package-path Fuzzing --show-bin-path)/$target
    [[ $target != SignatureFuzz ]] || "$program" --seeds "$corpus/$target"
    echo "$target, $seconds s"
    # What Swift keeps for good would count as leaked.
    SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 within $((seconds + 60)) "$program" \
        -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$findings/$target-" "$corpus/$target" >"$corpus/log" 2>&1 \
        || { tail -n 60 "$corpus/log" >&2; exit 1; }
    grep -E '^stat::number_of_executed_units|^stat::peak_rss_mb' "$corpus/log"
done
