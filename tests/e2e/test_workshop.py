"""The main job: a published workshop's users service, unmodified, from its first template to its own tests.

The application is not part of this repository; it lies beside it, in ../shared/workshop/users. Without it this test
fails: a machine that cannot run the main job must not look as if it could.
"""

import json
import re
import shutil
import subprocess

import pytest
import requests

from support.emulator import PYTHON, ROOT, Emulator, binary, clean_environment, run
from support.pools import PASSWORD

SOURCE = ROOT.parent / "shared" / "workshop" / "users"
STACK = "ws-serverless-patterns-users"
VERSIONS = range(1, 9)


class Deployed:
    """The stack after its last update, with what each version looked like on the way."""

    def __init__(self, emulator, folder):
        self.emulator = emulator
        self.folder = folder
        self.resources = {}
        self.prints = {}

    def deploy(self, version):
        name = "template.yaml" if version == 8 else f"template.v{version}.yaml"
        shutil.copy(SOURCE / name, self.folder / "template.yaml")
        done = run(["deploy", self.folder, "--stack-name", STACK, "--endpoint", self.emulator.url],
                   self.emulator.environment)
        assert done.returncode == 0, f"version {version}:\n{done.stdout}{done.stderr}"
        self.prints[version] = done.stdout
        pages = self.emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        self.resources[version] = {r["LogicalResourceId"]: (r["ResourceType"], r["PhysicalResourceId"])
                                   for page in pages for r in page["StackResourceSummaries"]}

    def outputs(self):
        stack = self.emulator.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


@pytest.fixture(name="workshop", scope="module")
def all_versions(tmp_path_factory):
    if not SOURCE.is_dir():
        pytest.fail(f"{SOURCE} is not there: put the workshop's users service beside this repository")
    folder = tmp_path_factory.mktemp("workshop") / "users"
    shutil.copytree(SOURCE, folder)
    emulator = Emulator(folder.parent).ready()
    workshop = Deployed(emulator, folder)
    for version in VERSIONS:
        workshop.deploy(version)
    yield workshop
    assert emulator.stop() == 0, emulator.output()[-3000:]


def test_every_version_is_an_update_of_the_same_resources(workshop):
    for earlier, later in zip(VERSIONS, VERSIONS[1:]):
        for name, (kind, physical) in workshop.resources[earlier].items():
            # A changed API is served by a new deployment; everything else stays what it was.
            if kind != "AWS::ApiGateway::Deployment":
                assert workshop.resources[later][name] == (kind, physical), f"{name} from v{earlier} to v{later}"
    assert len(workshop.resources[1]) == 1
    # SAM makes 28 resources of the last version.
    assert len(workshop.resources[8]) == 28, sorted(workshop.resources[8])


def test_an_alarm_is_said_to_be_kept_but_not_evaluated(workshop):
    assert re.search(r"(?i)alarm", workshop.prints[7] + workshop.emulator.output())


def test_its_own_integration_tests_pass_unmodified(workshop):
    # Exactly what a user types; nothing else is set.
    script = (f'eval "$({binary()} env --endpoint {workshop.emulator.url})"\n'
              f"ENV_STACK_NAME={STACK} {PYTHON} -B -m pytest -p no:cacheprovider tests/integration")
    done = subprocess.run(["/bin/bash", "-c", script], cwd=workshop.folder, capture_output=True, text=True, timeout=300,
                          env=clean_environment(workshop.emulator.folder / "state"), check=False)
    assert done.returncode == 0, done.stdout + done.stderr + workshop.emulator.output()[-5000:]
    assert re.search(r"\b6 passed\b", done.stdout), done.stdout


def test_the_login_page_of_the_outputs_ends_at_the_callback(workshop):
    outputs, idp = workshop.outputs(), workshop.emulator.client("cognito-idp")
    idp.sign_up(ClientId=outputs["UserPoolClient"], Username="reader@example.com", Password=PASSWORD,
                UserAttributes=[{"Name": "name", "Value": "Reader"}])
    idp.admin_confirm_sign_up(UserPoolId=outputs["UserPool"], Username="reader@example.com")
    exports = workshop.emulator.exports()
    with requests.Session() as browser:
        browser.trust_env = False
        browser.proxies, browser.verify = {"https": exports["HTTPS_PROXY"]}, exports["REQUESTS_CA_BUNDLE"]
        page = browser.get(outputs["CognitoLoginURL"], timeout=30)
        csrf = re.search(r'name="_csrf" value="([^"]+)"', page.text).group(1)
        form = {"_csrf": csrf, "username": "reader@example.com", "password": PASSWORD}
        answer = browser.post(page.url, data=form, allow_redirects=False, timeout=30)
    assert re.fullmatch(r"http://localhost\?code=[0-9a-f-]{36}", answer.headers["Location"])


def test_both_functions_ran_in_process(workshop):
    log = workshop.emulator.output()
    for name in ("UsersFunction", "AuthorizerFunction"):
        physical = workshop.resources[8][name][1]
        assert re.search(rf"(?i){re.escape(physical)}.*in.process|in.process.*{re.escape(physical)}", log), (
            f"{physical} was not loaded in process:\n" + log[-5000:])
    assert "worker process" not in log


def test_a_refusal_says_why_in_the_log(workshop):
    lines = [line for line in workshop.emulator.lines if " 403 " in line]
    assert lines and all(len(line.split(" 403 ")[1].split()) > 2 for line in lines), lines


def test_the_access_log_has_the_format_of_the_template(workshop):
    events = workshop.emulator.client("logs").filter_log_events(logGroupName=f"/{STACK}/APIAccessLogs")["events"]
    statuses = [re.search(r'"status":"(\d+)"', event["message"]).group(1) for event in events]
    assert sorted(set(statuses)) == ["200", "400", "401", "403"] and len(statuses) == 6
    allowed = next(event["message"] for event in events if '"status":"200"' in event["message"])
    line = json.loads(allowed)
    assert line["httpMethod"] == "POST" and line["routeKey"] == "-" and line["ip"] == "127.0.0.1"
    assert line["integrationStatus"] == 200 and isinstance(line["integrationLatency"], int)


def test_the_commands_of_the_workshop_work(workshop):
    table, name = workshop.outputs()["UsersTable"], workshop.outputs()["UsersFunction"]
    # From chapter 2: invoke the function with a recorded event.
    event = workshop.folder / "events" / "event-get-all-users.json"
    done = run(["invoke", name, "-e", event, "--endpoint", workshop.emulator.url], workshop.emulator.environment)
    assert done.returncode == 0, done.stderr
    listed = json.loads(json.loads(done.stdout)["body"])
    assert [user["name"] for user in listed] == ["John Doe"]
    assert "START RequestId" in done.stderr
    got = workshop.emulator.aws("dynamodb", "get-item", "--table-name", table, "--key",
                                json.dumps({"userid": {"S": listed[0]["userid"]}}))
    assert got["Item"]["name"] == {"S": "John Doe"}
    logs = run(["logs", f"/aws/lambda/{name}", "--endpoint", workshop.emulator.url], workshop.emulator.environment)
    assert "REPORT RequestId" in logs.stdout


def test_the_alarms_and_the_dashboard_of_the_last_versions_are_there(workshop):
    cloudwatch = workshop.emulator.client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=STACK)["MetricAlarms"]
    assert len(alarms) == 5
    assert {alarm["AlarmActions"][0] for alarm in alarms} == {workshop.outputs()["AlarmsTopic"]}
    body = json.loads(cloudwatch.get_dashboard(DashboardName=f"{STACK}-dashboard")["DashboardBody"])
    assert workshop.outputs()["UsersFunction"] in json.dumps(body)


def test_the_first_steps_of_the_workshop_work_alone(start, tmp_path):
    """Version 3: the API is open to everybody, as readers see it half-way."""
    if not SOURCE.is_dir():
        pytest.fail(f"{SOURCE} is not there")
    emulator = start().ready()
    shutil.copytree(SOURCE, tmp_path / "users")
    workshop = Deployed(emulator, tmp_path / "users")
    for version in (1, 2, 3):
        workshop.deploy(version)
    endpoint = workshop.outputs()["APIEndpoint"]
    done = subprocess.run(["curl", "-sS", "--fail-with-body", "-w", " %{http_code}", endpoint + "/users"],
                          env=dict(emulator.environment, **emulator.exports()), capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.stdout == "[] 200", done.stdout + done.stderr
    assert emulator.stop() == 0
