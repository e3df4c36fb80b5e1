"""The AWS SDK for JavaScript v3: document client, paginators, waiters and streams; one test for each step of the script."""

import pathlib
import re

import pytest

from support import tables
from support.node import Script, packages

SCRIPT = pathlib.Path(__file__).with_name("document_client.mjs")
STEPS = re.findall(r'^await step\("(.+?)",', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
# The newest that runs on the node of Debian 12.
VERSION = "3.890.0"


@pytest.fixture(name="results", scope="module")
def run_once(emulator):
    """What failed in each step, None where nothing did."""
    packages(**{f"@aws-sdk/{name}": VERSION for name in ("client-dynamodb", "client-dynamodb-streams", "lib-dynamodb")})
    script = Script(SCRIPT, environment=emulator.client_environment(), table=tables.unique("documents"))
    told = [script.read() for _ in STEPS]
    script.end()
    return {one["step"]: one.get("error") for one in told}


@pytest.mark.parametrize("step", STEPS)
def test_javascript(results, step):
    assert not results[step], results[step]
