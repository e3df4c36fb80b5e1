"""Backups, point-in-time recovery, resource policies and limits of the account."""

import datetime
import re

import pytest

from support import tables
from support.errors import error_of

POLICY = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture(name="db")
def client(emulator):
    return emulator.client("dynamodb")


def put(db, table, key, value):
    db.put_item(TableName=table, Item={"id": {"S": key}, "v": {"S": value}})


def items(db, table):
    return {item["id"]["S"]: item["v"]["S"] for item in db.scan(TableName=table)["Items"]}


@pytest.mark.emulator_only
def test_a_backup_outlives_its_table_and_becomes_a_new_one(db, name):
    tables.create(db, name)
    put(db, name, "1", "before")
    details = db.create_backup(TableName=name, BackupName="nightly")["BackupDetails"]
    assert details["BackupType"] == "USER"
    assert re.fullmatch(rf"arn:aws:dynamodb:us-east-1:000000000000:table/{name}/backup/\d{{14}}-[0-9a-f]{{8}}",
                        details["BackupArn"])
    put(db, name, "1", "after")
    db.delete_table(TableName=name)
    described = db.describe_backup(BackupArn=details["BackupArn"])["BackupDescription"]
    assert described["BackupDetails"]["BackupStatus"] == "AVAILABLE"
    assert described["SourceTableDetails"]["ItemCount"] == 1
    restored = db.restore_table_from_backup(TargetTableName=name, BackupArn=details["BackupArn"])["TableDescription"]
    assert restored["TableStatus"] == "CREATING" and restored["RestoreSummary"]["RestoreInProgress"]
    assert items(db, name) == {"1": "before"}
    assert [one["BackupName"] for one in db.list_backups(TableName=name)["BackupSummaries"]] == ["nightly"]
    assert db.delete_backup(BackupArn=details["BackupArn"])["BackupDescription"]["BackupDetails"][
        "BackupStatus"] == "DELETED"
    assert error_of(db.describe_backup, BackupArn=details["BackupArn"])[0] == "BackupNotFoundException"
    assert error_of(db.create_backup, TableName=name + "-no", BackupName="nightly") == (
        "TableNotFoundException", f"Table not found: {name}-no")


def test_a_table_goes_back_in_time(start):
    running = start("--clock", "2026-01-01T00:00:00Z").ready()
    db = running.client("dynamodb")
    later = lambda: running.http("POST", "/_fractus/clock", '{"advance": "1h"}')
    tables.create(db, "source")
    # Source: recorded test_continuous_backup_update.
    updated = db.update_continuous_backups(
        TableName="source", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    description = updated["ContinuousBackupsDescription"]
    assert description["ContinuousBackupsStatus"] == "ENABLED"
    assert description["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    put(db, "source", "1", "first")
    later()
    put(db, "source", "1", "second")
    later()
    db.delete_item(TableName="source", Key={"id": {"S": "1"}})
    for hours, expected in ((0.5, {"1": "first"}), (1.5, {"1": "second"})):
        moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(hours=hours)
        target = f"target{int(hours)}"
        db.restore_table_to_point_in_time(SourceTableName="source", TargetTableName=target, RestoreDateTime=moment)
        assert items(db, target) == expected
    db.restore_table_to_point_in_time(SourceTableName="source", TargetTableName="now", UseLatestRestorableTime=True)
    assert items(db, "now") == {}
    assert error_of(db.restore_table_to_point_in_time, SourceTableName="source", TargetTableName="other",
                    RestoreDateTime=datetime.datetime(2025, 1, 1))[0] == "InvalidRestoreTimeException"
    tables.create(db, "plain")
    assert error_of(db.restore_table_to_point_in_time, SourceTableName="plain", TargetTableName="other",
                    UseLatestRestorableTime=True) == (
        "PointInTimeRecoveryUnavailableException", "Point in time recovery is not enabled for table 'plain'")


@pytest.mark.emulator_only
def test_resource_policies_newer_than_the_installed_sdk(emulator, db, name):
    tables.create(db, name)
    arn = {"ResourceArn": db.describe_table(TableName=name)["Table"]["TableArn"]}
    target = "DynamoDB_20120810."
    status, _, answer = emulator.call(target + "GetResourcePolicy", arn)
    assert status == 400 and answer["__type"].endswith("#PolicyNotFoundException")
    _, _, put_answer = emulator.call(target + "PutResourcePolicy", dict(arn, Policy=POLICY))
    _, _, kept = emulator.call(target + "GetResourcePolicy", arn)
    assert kept == {"Policy": POLICY, "RevisionId": put_answer["RevisionId"]}
    emulator.call(target + "DeleteResourcePolicy", arn)
    assert emulator.call(target + "GetResourcePolicy", arn)[0] == 400


@pytest.mark.emulator_only
def test_limits_and_endpoints_of_the_account(emulator, db):
    assert db.describe_limits()["TableMaxReadCapacityUnits"] == 40000
    address = db.describe_endpoints()["Endpoints"][0]["Address"]
    assert address == f"127.0.0.1:{emulator.port}"
