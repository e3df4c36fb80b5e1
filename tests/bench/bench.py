#!/usr/bin/python3
"""Measures the emulator beside dynalite (its peer) and an nginx static answer (the machine's HTTP limit), in one run.

Prints a table of medians, ratios and goals. A goal that is missed is marked; the exit code is 0 unless something broke
(or --strict is given). Everything is on loopback; the run takes about six minutes.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support import apis, emulator as house  # noqa: E402

import cognito  # noqa: E402
import dynamodb  # noqa: E402
from servers import fractus, resident_megabytes, wrk  # noqa: E402


def measure_start(folder, rounds):
    """(milliseconds until Ready., megabytes then)"""
    times, sizes = [], []
    for _ in range(rounds + 1):
        began = time.monotonic()
        with fractus(folder / "start") as one:
            times.append((time.monotonic() - began) * 1000)
            sizes.append(resident_megabytes(one.process))
    # The first start makes the certificate authority: once per user.
    return times[1:], sizes[1:]


def measure_echo(folder, rounds, seconds):
    with fractus(folder / "echo") as one:
        api = apis.deploy(one, apis.fixture("echo"), "echo")["ApiId"]
        url = f"{one.url}/_aws/execute-api/{api}/Prod/guarded"
        wrk("get.lua", url, 1, connections=1)
        return [wrk("get.lua", url, seconds, connections=1).median for _ in range(rounds)]


def measure_cold_start(folder, rounds):
    """Milliseconds of the first invocation in a fresh emulator: the host, the interpreter, boto3, the handler."""
    event = json.dumps({"httpMethod": "GET", "resource": "/users", "pathParameters": None, "body": None})
    times = []
    for _ in range(rounds):
        with fractus(folder / "cold", apis.fixture("users"), command="up") as one:
            name = apis.outputs(one, "users")["UsersFunction"]
            lambdas = one.client("lambda")
            began = time.monotonic()
            answer = lambdas.invoke(FunctionName=name, Payload=event)
            times.append((time.monotonic() - began) * 1000)
            text = answer["Payload"].read()
            if json.loads(text).get("statusCode") != 200:
                raise RuntimeError(f"The users handler failed: {text}")
    return times


def stripped_megabytes(folder):
    copy = folder / "fractus"
    subprocess.run(["strip", "-o", str(copy), house.binary()], check=True)
    return copy.stat().st_size / 1e6


def rows(arguments, folder):
    """(name, measured, comparison, goal, whether it is met)"""
    times, sizes = measure_start(folder, 10)
    ready, idle = statistics.median(times), statistics.median(sizes)
    yield "ready after start", f"{ready:.0f} ms", "", "≤ 50 ms", ready <= 50
    yield "idle memory (RSS)", f"{idle:.1f} MB", "", "≤ 30 MB", idle <= 30
    yield from dynamodb.rows_beside_peers(folder, arguments.rounds, arguments.seconds)
    yield from dynamodb.rows_alone(folder, arguments.seconds, arguments.items)
    yield from cognito.rows(folder)
    echo = statistics.median(measure_echo(folder, arguments.rounds, arguments.seconds))
    yield "warm echo through the gateway, p50", f"{echo:.2f} ms", "", "≤ 0.5 ms", echo <= 0.5
    cold = statistics.median(measure_cold_start(folder, 5))
    yield "cold start of the users handler", f"{cold:.0f} ms", "", "≤ 500 ms", cold <= 500
    size = stripped_megabytes(folder)
    yield "binary, stripped", f"{size:.1f} MB", "", "≤ 40 MB", size <= 40


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="build/release/fractus")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each run")
    parser.add_argument("--items", type=int, default=1_000_000, help="in the large table")
    parser.add_argument("--strict", action="store_true", help="fail when a goal is missed")
    arguments = parser.parse_args()
    os.environ["FRACTUS_BINARY"] = str((ROOT / arguments.binary).resolve())
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':38} {'median':>12}  {'beside':34} goal", flush=True)
        for name, value, beside, goal, met in rows(arguments, pathlib.Path(folder)):
            missed += not met
            print(f"{name:38} {value:>12}  {beside:34} {goal}{'' if met else '  MISSED'}", flush=True)
    load = os.getloadavg()[0]
    print(f"\n{os.cpu_count()} cores, load {load:.1f}, {arguments.rounds} rounds of {arguments.seconds} s, 16 connections, "
          "items of about 300 bytes.")
    return 1 if missed and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
