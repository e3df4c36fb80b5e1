#!/usr/bin/python3
"""Measures the emulator beside dynalite (its peer) and an nginx static answer (the machine's HTTP limit), in one run.

Prints a table of medians, ratios and goals. A goal that is missed is marked; the exit code is 0 unless something broke
(or --strict is given). Everything is on loopback; the run takes about three minutes.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
CACHE = ROOT / "build" / "bench"
DYNALITE = "dynalite@3.2.2"
sys.path.insert(0, str(ROOT / "tests"))

from support import apis, emulator as house  # noqa: E402


def wrk(script, url, seconds, connections=16, **environment):
    """(requests per second, median ms) of one run; no answer may be an error."""
    done = subprocess.run(["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(HERE / script), url],
                          env=dict(os.environ, **environment), capture_output=True, text=True, check=True)
    rate, median, failed = re.search(r"RESULT (\S+) (\S+) (\d+)", done.stdout).groups()
    if int(failed):
        raise RuntimeError(f"{url}: {failed} answers were errors\n{done.stdout}")
    return float(rate), float(median)


def call(port, operation, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/", json.dumps(body), {
        "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "X-Amz-Date": "20260101T000000Z", "Authorization": house.credential("dynamodb")})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{operation} on port {port} answered {answer.status}: {text}")


def wait_for_port(port, process):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.connect()
            connection.close()
            return
    raise RuntimeError(f"Nothing listens on port {port}")


@contextlib.contextmanager
def running(command, port, **options):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def dynalite():
    if not (CACHE / "node_modules" / "dynalite").is_dir():
        print(f"Installing {DYNALITE} from npm into {CACHE.relative_to(ROOT)}")
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", str(CACHE), "--no-save", "--no-audit", "--no-fund", "--silent",
                        DYNALITE], check=True)
    port = house.free_port()
    script = CACHE / "node_modules" / "dynalite" / "cli.js"
    return running(["node", str(script), "--port", str(port), "--createTableMs", "0"], port)


def nginx(folder):
    port = house.free_port()
    answer = '{"Item":' + json.dumps({"id": {"S": "1"}, "name": {"S": "n" * 60}, "city": {"S": "c" * 90}}) + "}"
    (folder / "nginx.conf").write_text(f"""
daemon off; worker_processes auto; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 256; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{answer}'; }} }} }}
""", encoding="utf-8")
    path = shutil.which("nginx") or "/usr/sbin/nginx"
    return running([path, "-p", str(folder), "-c", str(folder / "nginx.conf")], port)


@contextlib.contextmanager
def fractus(folder, *arguments, command="start"):
    folder.mkdir(exist_ok=True)
    # The request log is a terminal's comfort; the peers write none.
    one = house.Emulator(folder, *arguments, "--log-level", "warning", command=command)
    try:
        yield one.ready()
    finally:
        one.stop()


def make_table(port):
    call(port, "CreateTable", {
        "TableName": "bench", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]})
    call(port, "DescribeTable", {"TableName": "bench"})


def measure_items(folder, rounds, seconds):
    """{(target, operation): [requests per second]}, targets taken in turns so that a busy moment hits all."""
    rates = {}
    with contextlib.ExitStack() as stack:
        ports = {"fractus": stack.enter_context(fractus(folder / "a")).port,
                 "fractus --data": stack.enter_context(fractus(folder / "b", "--data", folder / "data")).port,
                 "dynalite": stack.enter_context(dynalite()), "nginx": stack.enter_context(nginx(folder))}
        for target, port in ports.items():
            if target != "nginx":
                make_table(port)
        for number in range(rounds + 1):
            for operation in ("PutItem", "GetItem"):
                for target, port in ports.items():
                    rate, _ = wrk("items.lua", f"http://127.0.0.1:{port}/", seconds if number else 1,
                                  BENCH_OPERATION=operation)
                    # The first round fills the table and warms everybody up.
                    if number:
                        rates.setdefault((target, operation), []).append(rate)
    return rates


def measure_start(folder, rounds):
    """(milliseconds until Ready., megabytes then)"""
    times, sizes = [], []
    for _ in range(rounds + 1):
        began = time.monotonic()
        with fractus(folder / "start") as one:
            times.append((time.monotonic() - began) * 1000)
            status = pathlib.Path(f"/proc/{one.process.pid}/status").read_text(encoding="utf-8")
            sizes.append(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024)
    # The first start makes the certificate authority: once per user.
    return times[1:], sizes[1:]


def measure_echo(folder, rounds, seconds):
    with fractus(folder / "echo") as one:
        api = apis.deploy(one, apis.fixture("echo"), "echo")["ApiId"]
        url = f"{one.url}/_aws/execute-api/{api}/Prod/guarded"
        wrk("get.lua", url, 1, connections=1)
        return [wrk("get.lua", url, seconds, connections=1)[1] for _ in range(rounds)]


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
    rates = {key: statistics.median(values) for key, values in
             measure_items(folder, arguments.rounds, arguments.seconds).items()}
    for operation in ("GetItem", "PutItem"):
        peer, limit = rates["dynalite", operation], rates["nginx", operation]
        for target in ("fractus", "fractus --data"):
            rate = rates[target, operation]
            goal = "≥ 3x dynalite" if target == "fractus" else ""
            yield (f"{operation}, {target}", f"{rate:,.0f}/s", f"{rate / peer:.1f}x dynalite, {rate / limit:.2f}x nginx",
                   goal, not goal or rate >= 3 * peer)
        yield f"{operation}, dynalite", f"{peer:,.0f}/s", f"{peer / limit:.2f}x nginx", "", True
        yield f"{operation}, nginx static answer", f"{limit:,.0f}/s", "", "", True
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
