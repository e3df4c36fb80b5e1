"""Starts what is measured: the emulator, dynalite and nginx; and wrk, which loads them."""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

from support import emulator as house

HERE = pathlib.Path(__file__).resolve().parent
CACHE = HERE.parents[1] / "build" / "bench"
DYNALITE = "dynalite@3.2.2"


@dataclasses.dataclass
class Load:
    rate: float
    median: float
    p99: float
    requests: int


def wrk(script, url, seconds, connections=16, **environment):
    """One run; no answer may be an error."""
    done = subprocess.run(["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(HERE / script), url],
                          env=dict(os.environ, BENCH_FOLDER=str(HERE), **environment), capture_output=True, text=True,
                          check=True)
    rate, median, p99, failed, requests = re.search(r"RESULT (\S+) (\S+) (\S+) (\d+) (\d+)", done.stdout).groups()
    if int(failed):
        raise RuntimeError(f"{url}: {failed} answers were errors\n{done.stdout}")
    return Load(float(rate), float(median), float(p99), int(requests))


def call(port, operation, body):
    """One DynamoDB request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/", json.dumps(body), {
        "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "X-Amz-Date": "20260101T000000Z", "Authorization": house.credential("dynamodb")})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{operation} on port {port} answered {answer.status}: {text}")
    return json.loads(text)


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
        print(f"Installing {DYNALITE} from npm into build/bench")
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", str(CACHE), "--no-save", "--no-audit", "--no-fund", "--silent",
                        DYNALITE], check=True)
    port = house.free_port()
    script = CACHE / "node_modules" / "dynalite" / "cli.js"
    return running(["node", str(script), "--port", str(port), "--createTableMs", "0"], port)


def nginx(folder):
    """Answers everything with one item: what the machine's HTTP can do at most."""
    port = house.free_port()
    answer = '{"Item":' + json.dumps({"id": {"S": "1"}, "name": {"S": "n" * 90}, "city": {"S": "c" * 150}}) + "}"
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


def resident_megabytes(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
