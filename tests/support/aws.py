"""AWS itself in the emulator's place: what `--aws` runs the DynamoDB tests against.

It has the members of Emulator that tests for both use. A test that needs more (the clock, a switch, a second account) is
for the emulator only: it takes the fixture `start`, or says so with the mark emulator_only.
"""

import json
import os
import time

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.exceptions
import pytest
import requests

from support.emulator import PATIENCE, ROOT

TESTS = ROOT / "tests/conformance/dynamo"
SETTLES = {"CreateTable", "UpdateTable", "DeleteTable"}
POLL = {"Delay": 2, "MaxAttempts": 450}
READS = {"GetItem", "Query", "Scan"}


def runs_on_aws(item):
    """Whether AWS can answer a collected test."""
    return (item.path.is_relative_to(TESTS) and "start" not in item.fixturenames
            and not item.get_closest_marker("emulator_only"))


class Aws:
    def __init__(self):
        self._session = boto3.session.Session()
        self._credentials = self._session.get_credentials()
        self.region = self._session.region_name
        if not self._credentials or not self.region:
            raise pytest.UsageError("--aws needs credentials and a region in the environment")
        self._tables = self._session.client("dynamodb")
        self._made = set()

    @property
    def account(self):
        return self._session.client("sts").get_caller_identity()["Account"]

    def client(self, service, **config):
        """A boto3 client that waits for tables to settle, which an emulator does at once."""
        made = self._session.client(service, config=self._config(config))
        made.meta.events.register("after-call.dynamodb", self._settle)
        made.meta.events.register("provide-client-params.dynamodb", _see_what_was_written)
        return made

    def unchecked(self, service):
        return self.client(service, parameter_validation=False)

    def resource(self, service):
        return self._session.resource(service, config=self._config({}))

    def client_environment(self):
        return dict(os.environ)

    def call(self, target, body):
        """One call of DynamoDB as bytes on the wire: (status, headers, parsed body)."""
        endpoint = self._tables.meta.endpoint_url
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
        request = botocore.awsrequest.AWSRequest("POST", endpoint + "/", data=json.dumps(body), headers=headers)
        botocore.auth.SigV4Auth(self._credentials, "dynamodb", self.region).add_auth(request)
        answer = requests.post(request.url, data=request.data, headers=dict(request.headers), timeout=PATIENCE)
        parsed = answer.json() if answer.content else None
        self._wait(target.rpartition(".")[2], parsed)
        return answer.status_code, answer.headers, parsed

    def remove_tables(self):
        """Deletes the tables that the tests left behind."""
        for name in self._made:
            try:
                self._tables.delete_table(TableName=name)
            except botocore.exceptions.ClientError as error:
                print(f"The table {name} of {self.region} may be left: {error}")

    def _config(self, config):
        return botocore.config.Config(retries={"max_attempts": 0}, read_timeout=PATIENCE, **config)

    def _settle(self, parsed, model, **_):
        self._wait(model.name, parsed)

    def _wait(self, operation, answer):
        if operation not in SETTLES or "TableDescription" not in answer:
            return
        name = answer["TableDescription"]["TableName"]
        if operation == "DeleteTable":
            self._tables.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=POLL)
            self._made.discard(name)
            return
        self._made.add(name)
        self._tables.get_waiter("table_exists").wait(TableName=name, WaiterConfig=POLL)
        # No waiter of boto3 knows indexes.
        while not _is_settled(self._tables.describe_table(TableName=name)["Table"]):
            time.sleep(POLL["Delay"])


def _is_settled(table):
    indexes = table.get("GlobalSecondaryIndexes", [])
    return table["TableStatus"] == "ACTIVE" and all(index["IndexStatus"] == "ACTIVE" for index in indexes)


def _see_what_was_written(params, model, **_):
    """Tests read what they just wrote. Those about consistency say which they want, those about capacity ask for it."""
    if model.name not in READS or "ReturnConsumedCapacity" in params:
        return None
    if "IndexName" in params:
        # Global indexes have no consistent reads.
        time.sleep(1)
        return None
    return {"ConsistentRead": True, **params}
