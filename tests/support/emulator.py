"""Starts the real binary for a test, waits for it by reading what it prints, and gives clients that talk to it."""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import boto3
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
AWS_CLI = "/usr/bin/aws"
ACCOUNT = "000000000000"
REGION = "us-east-1"
# Generous: the machine may be busy with a build. Nothing waits this long when all is well.
PATIENCE = 60

_clients = boto3.session.Session()


def binary():
    """The build under test: $FRACTUS_BINARY, else the release build, else the developer's."""
    named = os.environ.get("FRACTUS_BINARY")
    for path in [named] if named else [ROOT / "build/release/fractus", ROOT / "build/dev/fractus"]:
        if os.access(path, os.X_OK):
            return os.path.abspath(path)
    raise FileNotFoundError("There is no fractus binary; run `make build` first.")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(state_home, **more):
    """The test's environment without anything of AWS or of a proxy in it."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
    return dict(kept, XDG_STATE_HOME=str(state_home), AWS_EC2_METADATA_DISABLED="true", **more)


def run(arguments, environment, cwd=None, timeout=PATIENCE, stdin=None):
    """Runs `fractus ARGUMENTS` to its end."""
    return subprocess.run([binary(), *map(str, arguments)], env=environment, cwd=cwd, capture_output=True, text=True,
                          timeout=timeout, input=stdin, check=False)


class Emulator:
    """A running `fractus start` (or `up`)."""

    account = ACCOUNT
    region = REGION

    def __init__(self, folder, *arguments, command="start", port=0, cwd=None, environment=None):
        self.folder = pathlib.Path(folder)
        # Port 0 takes a free one; ready() reads which.
        self.port = port
        self.environment = environment or clean_environment(self.folder / "state")
        self.lines = []
        self._ended = False
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [binary(), command, *map(str, arguments), "--port", str(port)], env=self.environment, cwd=cwd,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def wait_for(self, pattern, start=0, seconds=PATIENCE):
        """The first line printed since `start` in which `pattern` is found, as a match object."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                for line in self.lines[start:]:
                    found = re.search(pattern, line)
                    if found:
                        return found
                start = len(self.lines)
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    raise AssertionError(f"{pattern!r} was not printed; the output was:\n" + self.output())
                self._news.wait(left)

    def ready(self):
        self.port = int(self.wait_for(r"listens on http://[^ ]*:(\d+)").group(1))
        self.wait_for(r"\bReady\.")
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def output(self):
        return "\n".join(self.lines)

    def stop(self):
        """Ends it as Ctrl-C does; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        """Ends it without warning."""
        self.process.kill()
        self.process.wait()

    def client(self, service, region=REGION, key="test", **config):
        """A boto3 client that tries once, so that tests see every answer."""
        settings = botocore.config.Config(retries={"max_attempts": 0}, read_timeout=PATIENCE, proxies={}, **config)
        return _clients.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id=key,
                               aws_secret_access_key="test", config=settings)

    def resource(self, service):
        """boto3's object interface."""
        return _clients.resource(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="test",
                                 aws_secret_access_key="test")

    def unchecked(self, service, **arguments):
        """A client that sends what it is told, so that the emulator has to check it."""
        return self.client(service, parameter_validation=False, **arguments)

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        return connection

    def http(self, verb, path, body=None, headers=None):
        """One plain HTTP exchange: (status, headers, body)."""
        connection = self.connect()
        try:
            connection.request(verb, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def call(self, target, body, version="1.0", headers=None, service=None):
        """One JSON-protocol call as bytes on the wire: (status, headers, parsed body)."""
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        sent = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target,
                "Authorization": credential(service or "dynamodb")}
        sent.update(headers or {})
        status, received, raw = self.http("POST", "/", text, {k: v for k, v in sent.items() if v is not None})
        return status, received, json.loads(raw) if raw else None

    def aws(self, *arguments):
        """Runs Debian's AWS CLI against the emulator; returns parsed JSON, or None for no output."""
        done = self.aws_raw(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def aws_raw(self, *arguments):
        return subprocess.run([AWS_CLI, "--endpoint-url", self.url, "--output", "json", *map(str, arguments)],
                              env=self.client_environment(), capture_output=True, text=True, timeout=PATIENCE,
                              check=False)

    def client_environment(self):
        """The environment in which any AWS client talks to this emulator."""
        return dict(self.environment, AWS_ENDPOINT_URL=self.url, AWS_ACCESS_KEY_ID="test",
                    AWS_SECRET_ACCESS_KEY="test", AWS_REGION=REGION, AWS_DEFAULT_REGION=REGION, AWS_PAGER="",
                    AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")

    def clock(self, **change):
        """Moves the virtual clock: clock(advance="10m"), clock(freeze=True)."""
        status, _, body = self.http("POST", "/_fractus/clock", json.dumps(change),
                                    {"Content-Type": "application/json"})
        assert status == 200, body
        return json.loads(body)

    def exports(self):
        """The variables that `eval "$(fractus env)"` would set."""
        done = run(["env", "--endpoint", self.url], self.environment)
        assert done.returncode == 0, done.stderr
        script = done.stdout + "\nenv -0"
        shown = subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, text=True, check=True).stdout
        pairs = (entry.partition("=") for entry in shown.split("\0") if entry)
        return {name: value for name, _, value in pairs if name not in ("PWD", "_", "SHLVL", "OLDPWD")}


def credential(service, key="test", region=REGION):
    """An Authorization header that routes; the signature is not right."""
    return (f"AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, "
            f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}")
