"""Every command: its help, its work, and one clear sentence with exit code 2 for what a user gets wrong."""

import json
import re
import subprocess

import pytest

from support import apis
from support.emulator import binary, clean_environment, run

COMMANDS = ("up", "start", "deploy", "outputs", "invoke", "logs", "inbox", "env")
TEMPLATE = "Resources:\n  Group:\n    Type: AWS::Logs::LogGroup\n"


@pytest.fixture(name="environment")
def clean(tmp_path):
    return clean_environment(tmp_path / "state")


def refused(done, *words):
    """The one sentence of a refusal."""
    assert done.returncode == 2, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("fractus: "), done.stderr
    for word in words:
        assert re.search(word, lines[0]), lines[0]
    return lines[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(environment, command):
    done = run([command, "--help"], environment)
    assert done.returncode == 0 and "Examples:" in done.stdout and f"fractus {command}" in done.stdout


def test_help_lists_every_command(environment):
    done = run(["--help"], environment)
    assert done.returncode == 0
    for command in (*COMMANDS, "version"):
        assert re.search(rf"^  {command}\b", done.stdout, re.MULTILINE)


def test_the_version_is_one_line(environment):
    assert re.fullmatch(r"fractus \d+\.\d+\.\d+\n", run(["version"], environment).stdout)


@pytest.mark.parametrize("arguments, words", [
    ([], ["(?i)subcommand|command"]), (["nonsense"], ["nonsense|argument"]), (["start", "--nonsense"], ["--nonsense"]),
    (["start", "--port", "many"], ["--port"]), (["start", "--port", "99999"], ["--port|port"]),
    (["start", "--port"], ["--port"]), (["start", "--clock", "yesterday"], ["yesterday", "2026"]),
    (["start", "--seed", "x"], ["--seed"]), (["start", "--log-level", "loud"], ["loud"]),
    (["start", "--account", "7"], ["--account"]), (["start", "--isolation", "some"], ["some"]),
    (["start", "--host", "not.an.address", "--port", "0"], ["not.an.address"]),
    (["up", "nowhere.yaml"], ["nowhere.yaml"]), (["up", "."], ["template.yaml"]), (["deploy", "nowhere.yaml"], ["nowhere.yaml"]),
    (["deploy", "--parameter", "novalue"], ["novalue"]), (["invoke"], ["(?i)function"]),
    (["invoke", "f", "-e", "missing.json"], ["missing.json"]),
    (["start", "--data", "/proc/nowhere", "--port", "0"], ["/proc/nowhere"]),
])
def test_what_is_wrong_is_said_in_one_sentence(environment, tmp_path, arguments, words):
    refused(run(arguments, environment, cwd=tmp_path), *words)


@pytest.mark.parametrize("text, place", [
    ("Resources:\n  A:\n   - [unclosed\n", r":\d+:\d+: "), ("a: b\n  c: d\n", r":2:\d+: "), ("\tkey: value\n", r":1:\d+: "),
    ('{"Resources": {"A": }', r":\d+:\d+: "), ("just text\n", "not a CloudFormation template"), ("", "."),
])
@pytest.mark.parametrize("command", ["up", "deploy"])
def test_a_broken_template_is_named_with_line_and_column(environment, tmp_path, emulator, command, text, place):
    (tmp_path / "template.yaml").write_text(text)
    target = ["--port", "0"] if command == "up" else ["--endpoint", emulator.url]
    line = refused(run([command, tmp_path, *target], environment), "template.yaml")
    assert re.search(place, line), line


def test_a_taken_port_is_named(environment, emulator):
    refused(run(["start", "--port", emulator.port], environment), str(emulator.port), "(?i)in use|taken")


@pytest.mark.parametrize("command", [["deploy"], ["outputs"], ["invoke", "f"], ["logs"]])
def test_an_emulator_that_is_not_there_is_one_sentence(environment, tmp_path, command):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    done = run([*command, "--endpoint", "http://127.0.0.1:1"], environment, cwd=tmp_path)
    refused(done, "127.0.0.1:1")


def test_deploy_creates_updates_and_finds_nothing_to_do(environment, emulator, tmp_path, name):
    (tmp_path / "template.yaml").write_text(
        TEMPLATE + "    Properties: {LogGroupName: !Sub '/${AWS::StackName}/${Stage}'}\n"
        "Parameters: {Stage: {Type: String, Default: dev}}\nOutputs: {Group: {Value: !Ref Group}}\n")
    deploy = ["deploy", "--stack-name", name, "--endpoint", emulator.url]
    first = run(deploy, environment, cwd=tmp_path)
    assert first.returncode == 0 and "CREATE_COMPLETE" in first.stdout and f"/{name}/dev" in first.stdout
    second = run(deploy + ["--parameter", "Stage=live"], environment, cwd=tmp_path)
    assert second.returncode == 0 and "UPDATE_COMPLETE" in second.stdout and f"/{name}/live" in second.stdout
    third = run(deploy, environment, cwd=tmp_path)
    # An update keeps the parameters of the last one.
    assert third.returncode == 0 and "up to date" in third.stdout and f"/{name}/live" in third.stdout
    shown = run(["outputs", name, "--json", "--endpoint", emulator.url], environment)
    assert json.loads(shown.stdout) == {"Group": f"/{name}/live"}
    refused(run(deploy + ["--parameter", "Other=1"], environment, cwd=tmp_path), "Other")


def test_a_failed_deployment_tells_the_reason_and_fails(environment, emulator, tmp_path, name):
    (tmp_path / "template.yaml").write_text("Resources:\n  Cluster:\n    Type: AWS::Redshift::Cluster\n")
    done = run(["deploy", tmp_path, "--stack-name", name, "--endpoint", emulator.url], environment)
    assert done.returncode == 1
    assert "AWS::Redshift::Cluster" in done.stderr and "CREATE_FAILED" in done.stdout
    # Mended, it deploys: the failed stack is in nobody's way.
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    done = run(["deploy", tmp_path, "--stack-name", name, "--endpoint", emulator.url], environment)
    assert done.returncode == 0, done.stderr


def test_code_that_is_missing_is_named(environment, emulator, tmp_path, name):
    (tmp_path / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {Handler: a.b, Runtime: python3.11, CodeUri: missing/}\n")
    refused(run(["deploy", tmp_path, "--stack-name", name, "--endpoint", emulator.url], environment), "missing")


def test_invoke_prints_the_answer_and_logs_elsewhere(environment, emulator, name):
    outputs = apis.deploy(emulator, apis.fixture("echo"), name)
    invoke = ["invoke", outputs["EchoFunction"], "--endpoint", emulator.url]
    done = run(invoke + ["-e", "-"], environment, stdin='{"a": 1}')
    assert done.returncode == 0
    assert json.loads(json.loads(done.stdout)["body"]) == {"a": 1}
    assert "REPORT RequestId" in done.stderr
    refused(run(invoke + ["-e", "-"], environment, stdin="not json"), "JSON")
    missing = run(["invoke", "nobody", "--endpoint", emulator.url], environment)
    assert missing.returncode != 0 and "nobody" in missing.stderr


def test_logs_show_and_follow(environment, emulator, name):
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    import time

    def put(text):
        logs.put_log_events(logGroupName=name, logStreamName="s",
                            logEvents=[{"timestamp": int(time.time() * 1000), "message": text}])

    put("first line")
    assert "first line" in run(["logs", name, "--endpoint", emulator.url], environment).stdout
    following = subprocess.Popen([binary(), "logs", name, "--follow", "--endpoint", emulator.url], env=environment,
                                 stdout=subprocess.PIPE, text=True)
    try:
        assert "first line" in following.stdout.readline()
        put("second line")
        assert "second line" in following.stdout.readline()
    finally:
        following.kill()
        following.wait()
    done = run(["logs", "no-such-group", "--endpoint", emulator.url], environment)
    assert done.returncode != 0 and "log group does not exist" in done.stderr


def test_env_is_for_the_shell(environment, emulator):
    done = run(["env", "--endpoint", emulator.url], environment)
    assert all(re.fullmatch(r"export [A-Za-z_]+='[^']*'", line) for line in done.stdout.splitlines())
    exported = emulator.exports()
    assert exported["AWS_ENDPOINT_URL"] == exported["HTTPS_PROXY"] == emulator.url
    back = run(["env", "--unset", "--endpoint", emulator.url], environment)
    names = {line.split()[1] for line in back.stdout.splitlines()}
    assert names == set(exported)


HEALTH = "https://dynamodb.us-east-1.amazonaws.com/_fractus/health"


@pytest.mark.parametrize("command, wanted", [
    (["curl", "-sS", "--fail", HEALTH], '"dynamodb"'),
    (["/usr/bin/python3", "-c", f"import requests; print(requests.get('{HEALTH}').text)"], '"dynamodb"'),
    (["/usr/bin/python3", "-c", f"import urllib.request as u; print(u.urlopen('{HEALTH}').read().decode())"],
     '"dynamodb"'),
    (["/usr/bin/python3", "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"],
     "000000000000"),
    (["/usr/bin/aws", "sts", "get-caller-identity"], "000000000000"),
])
def test_unmodified_clients_reach_the_emulator(environment, emulator, command, wanted):
    done = subprocess.run(command, env=dict(environment, **emulator.exports()), capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0 and wanted in done.stdout, done.stdout + done.stderr


def test_the_inbox_is_printed_newest_first(emulator):
    sns = emulator.client("sns")
    for text in ("first", "two\nlines \x1b[2J"):
        sns.publish(PhoneNumber="+15550177", Message=text)
    done = run(["inbox", "+15550177", "--endpoint", emulator.url], emulator.environment)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"SMS to \+15550177\n  (.*)", done.stdout) == ["two", "first"]
    assert "\x1b" not in done.stdout and "\n  lines [2J\n" in done.stdout
    listed = json.loads(run(["inbox", "--json", "--endpoint", emulator.url], emulator.environment).stdout)
    assert [message["body"] for message in listed][:2] == ["two\nlines \x1b[2J", "first"]
    nobody = run(["inbox", "nobody@example.com", "--endpoint", emulator.url], emulator.environment)
    assert nobody.stdout == "" and "no message" in nobody.stderr
