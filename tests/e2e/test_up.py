"""`fractus up` as a person at a terminal sees it, and how it ends."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest

from support import apis
from support.emulator import PATIENCE, ROOT, binary, clean_environment


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, arguments, environment, cwd=None):
        self.text = ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(arguments, stdin=slave, stdout=slave, stderr=slave, cwd=cwd,
                                        env=dict(environment, TERM="xterm"), start_new_session=True)
        os.close(slave)

    def read_until(self, pattern, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise AssertionError(f"{pattern!r} was not shown:\n{self.text}")
            try:
                self.text += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:
                raise AssertionError(f"It ended without {pattern!r}:\n{self.text}") from None
        return re.search(pattern, self.text)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.fixture(name="terminal")
def start_on_terminal(tmp_path):
    opened = []

    def begin(*arguments, cwd=None):
        opened.append(Terminal([binary(), *map(str, arguments)], clean_environment(tmp_path / "state"), cwd))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def test_up_deploys_serves_and_stops_on_ctrl_c(terminal):
    shown = terminal("up", apis.fixture("echo"), "--port", "0")
    shown.read_until(r"Ready\.")
    assert re.search(r"ApiUrl\s+https://\w{10}\.execute-api\.us-east-1\.amazonaws\.com/Prod", shown.text)
    plain = re.search(r"http://127\.0\.0\.1:\d+/_aws/execute-api/\w{10}/Prod", shown.text).group()
    answer = subprocess.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", plain + "/guarded"],
                            capture_output=True, text=True, check=True)
    assert answer.stdout == "401"
    # One line per request: method, path, status, duration, and why it was refused.
    shown.read_until(r"GET /Prod/guarded (\x1b\[\d+m)?401(\x1b\[0m)? [\d.]+ ms +\S+")
    os.killpg(shown.process.pid, signal.SIGINT)
    shown.read_until(r"(?i)stopp")
    assert shown.process.wait(PATIENCE) == 0
    assert "terminate" not in shown.text
    # Its own deployment is told as events, not as requests.
    assert "AWS::Lambda::Function" in shown.text and "cloudformation." not in shown.text


def test_up_takes_the_template_of_this_folder(terminal):
    shown = terminal("up", "--port", "0", cwd=apis.fixture("echo"))
    shown.read_until(r"Outputs of echo[\s\S]*Ready\.")


def test_up_fails_when_the_stack_does(terminal, tmp_path):
    (tmp_path / "template.yaml").write_text("Resources:\n  Cluster:\n    Type: AWS::Redshift::Cluster\n")
    shown = terminal("up", tmp_path, "--port", "0")
    shown.read_until(r"fractus: .*AWS::Redshift::Cluster")
    assert shown.process.wait(PATIENCE) == 1
    assert "Ready." not in shown.text


def test_up_again_with_the_same_data_updates_the_stack(start, tmp_path):
    data = tmp_path / "data"
    urls = []
    for _ in range(2):
        running = start(apis.fixture("echo"), "--data", data, command="up").ready()
        urls.append(re.search(r"ApiUrl +(\S+)", running.output()).group(1))
        assert running.stop() == 0
    assert urls[0] == urls[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_while_requests_and_handlers_run(start, number):
    import concurrent.futures

    from support import functions

    emulator = start().ready()
    lambdas = emulator.client("lambda")
    functions.create(lambdas, "slow", "import time\ndef handler(event, context):\n    print('begun')\n    time.sleep(30)\n",
                     Timeout=60)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        call = pool.submit(functions.invoke, emulator.client("lambda"), "slow")
        logs = emulator.client("logs")
        for _ in range(PATIENCE * 100):
            groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/slow")["logGroups"]
            if groups and logs.filter_log_events(logGroupName="/aws/lambda/slow")["events"]:
                break
        began = time.monotonic()
        emulator.process.send_signal(number)
        assert emulator.process.wait(PATIENCE) == 0, emulator.output()[-2000:]
        # It does not wait for the handler's thirty seconds.
        assert time.monotonic() - began < 15
        with pytest.raises(Exception):
            call.result(PATIENCE)


def test_nothing_is_left_behind(start, tmp_path):
    # Ephemeral data, sockets and worker processes end with the emulator.
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment = clean_environment(tmp_path / "state", TMPDIR=str(scratch))
    emulator = start("--isolation", "process", environment=environment).ready()
    from support import functions

    lambdas = emulator.client("lambda")
    functions.create(lambdas, "f", "import os\ndef handler(event, context):\n    return os.getpid()\n", Timeout=30)
    worker = functions.invoke(lambdas, "f")[0]
    assert worker != emulator.process.pid
    assert emulator.stop() == 0
    assert list(scratch.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_the_demo_walks_to_its_end():
    # `make demo` is this script after a build.
    done = subprocess.run([sys.executable, "-B", "fixtures/users/demo.py", "--binary", binary()], cwd=ROOT,
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    statuses = re.findall(r"^   (\d{3}) ", done.stdout, re.MULTILINE)
    assert statuses == ["200", "200", "200", "401", "403", "200", "200", "200", "200", "200", "200", "200"]
    assert "\x1b[" not in done.stdout and "Next:" in done.stdout
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "fixtures/users/demo.py" in recipe
