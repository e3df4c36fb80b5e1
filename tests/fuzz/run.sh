#!/usr/bin/env bash
# Runs every fuzz target for a while, from its seeds and what earlier runs found interesting.
# Usage: tests/fuzz/run.sh <build folder> <seconds for each>
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
seconds=$2

for program in "$build"/fuzz/fuzz_*; do
  name=${program##*/fuzz_}
  found=$build/fuzz/corpus/$name
  mkdir -p "$found"
  echo "$name: $seconds seconds"
  # UBSan and ASan end the program at the first finding; its input stays beside the program.
  "$program" "$found" "tests/fuzz/corpus/$name" -max_total_time="$seconds" -max_len=8192 -timeout=10 \
    -rss_limit_mb=2048 -artifact_prefix="$build/fuzz/$name-" -print_final_stats=1 2> "$build/fuzz/$name.log" || {
    tail -60 "$build/fuzz/$name.log" >&2
    exit 1
  }
  grep -E 'number_of_executed_units|peak_rss_mb' "$build/fuzz/$name.log"
done
