"""`pytest --aws`: its clients call AWS's own host names, so the emulator's proxy can show that they do all that is needed."""

import re
import subprocess

from support.emulator import PATIENCE, PYTHON, ROOT


def run(environment, *arguments):
    command = [PYTHON, "-B", "-m", "pytest", "-c", "tests/pytest.ini", "-p", "no:cacheprovider", "-q", "--aws", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=5 * PATIENCE,
                          check=False).stdout


def test_tests_run_against_aws_and_leave_nothing_there(start):
    emulator = start().ready()
    environment = {**emulator.environment, **emulator.exports()}
    # Nothing but the proxy leads to the emulator.
    del environment["AWS_ENDPOINT_URL"]
    told = run(environment, *(f"tests/conformance/dynamo/test_{name}.py" for name in ("items", "tables")))
    assert re.search(r"^\d+ passed, \d+ deselected", told, re.MULTILINE), told
    output = emulator.output()
    assert "dynamodb.CreateTable" in output and "dynamodb.DeleteTable" in output
    assert emulator.client("dynamodb").list_tables()["TableNames"] == []


def test_tests_that_only_an_emulator_can_pass_are_left_out(tmp_path):
    told = run({"HOME": str(tmp_path)}, "--collect-only", "tests/conformance", "tests/e2e")
    chosen = set(re.findall(r"^(\S+\.py)::", told, re.MULTILINE))
    assert any(path.endswith("dynamo/test_items.py") for path in chosen), told
    assert all("conformance/dynamo/" in path for path in chosen), chosen
    for alien in ("test_realism", "test_streams.py", "test_an_item_expires", "test_the_command_line_client"):
        assert alien not in told


def test_credentials_and_a_region_are_asked_for(tmp_path):
    told = run({"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}, "tests/conformance/dynamo/test_order_of_checks.py")
    assert "--aws needs credentials and a region in the environment" in told
