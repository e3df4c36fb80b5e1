"""What is acknowledged survives: a full disk, a damaged folder, a killed process."""

import hashlib
import pathlib
import subprocess

import pytest

from support import tables
from support.emulator import Emulator, binary, clean_environment, run
from support.errors import error_of


def fingerprint(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file() and path.name != "LOCK"}


def refusal(folder, tmp_path):
    done = run(["start", "--port", "0", "--data", folder], clean_environment(tmp_path / "state"))
    assert done.returncode != 0
    return done.stderr


def filled(start, folder):
    running = start("--data", folder).ready()
    db = running.client("dynamodb")
    tables.create(db, "kept")
    tables.fill(db, "kept", ({"id": {"S": str(number)}, "v": {"S": "x" * 500}} for number in range(100)))
    running.stop()


@pytest.mark.parametrize("damage", ["MANIFEST", "CURRENT"])
def test_a_damaged_folder_is_refused_and_left_as_it_is(start, tmp_path, damage):
    data = tmp_path / "data"
    filled(start, data)
    for file in (data / "db").glob(damage + "*"):
        if damage == "CURRENT":
            file.unlink()
        else:
            file.write_bytes(b"nonsense" + file.read_bytes()[8:])
    before = fingerprint(data / "db")
    message = refusal(data, tmp_path)
    assert "cannot be read" in message and "restore it from a copy or name another folder" in message
    assert fingerprint(data / "db") == before


def test_a_foreign_folder_is_refused_and_left_as_it_is(tmp_path):
    data = tmp_path / "data"
    (data / "db").mkdir(parents=True)
    (data / "db" / "letter.txt").write_text("Dear Ann")
    before = fingerprint(data)
    assert "holds files that are not fractus data" in refusal(data, tmp_path)
    assert fingerprint(data) == before


def small_disk(folder):
    """The start of a command line that sees a disk of 24 MB at `folder`; where no disk may be mounted (in containers),
    one whose files may not grow beyond 8 MB."""
    folder.mkdir()
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c",
               f'mount -t tmpfs -o size=24m none "{folder}" && exec "$@"', "sh"]
    try:
        allowed = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    return command if allowed else ["env", "--ignore-signal=XFSZ", "prlimit", "--fsize=8000000"]


def test_a_full_disk_answers_errors_and_loses_nothing(tmp_path, monkeypatch):
    disk = tmp_path / "disk"
    command = small_disk(disk)
    wrapper = tmp_path / "fractus-on-a-small-disk"
    wrapper.write_text("#!/bin/sh\nexec " + " ".join(f"'{part}'" for part in [*command, binary()]) + ' "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("FRACTUS_BINARY", str(wrapper))
    running = Emulator(tmp_path, "--data", disk / "data").ready()
    try:
        db = running.client("dynamodb")
        tables.create(db, "full")
        written = []
        for number in range(300):
            try:
                db.put_item(TableName="full", Item={"id": {"S": str(number)}, "v": {"B": bytes([number % 256]) * 300_000}})
                written.append(number)
            except db.exceptions.ClientError as error:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
                break
        assert 10 < len(written) < 300
        for number in written:
            item = db.get_item(TableName="full", Key={"id": {"S": str(number)}}, ConsistentRead=True)["Item"]
            assert item["v"]["B"] == bytes([number % 256]) * 300_000
        assert "Item" not in db.get_item(TableName="full", Key={"id": {"S": str(len(written))}})
    finally:
        running.kill()


def test_fsync_keeps_what_a_killed_process_wrote(tmp_path):
    data = tmp_path / "data"
    running = Emulator(tmp_path, "--data", data, "--durability", "fsync").ready()
    db = running.client("dynamodb")
    tables.create(db, "kept")
    for number in range(50):
        db.put_item(TableName="kept", Item={"id": {"S": str(number)}})
    running.kill()
    running = Emulator(tmp_path, "--data", data).ready()
    db = running.client("dynamodb")
    assert db.scan(TableName="kept", Select="COUNT")["Count"] == 50
    assert db.describe_table(TableName="kept")["Table"]["ItemCount"] == 50
    assert error_of(db.describe_table, TableName="other")[0] == "ResourceNotFoundException"
    assert running.stop() == 0
