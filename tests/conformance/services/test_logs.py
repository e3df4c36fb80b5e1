"""CloudWatch Logs: groups, streams, events and filters."""

import pytest

from support.errors import error_of


@pytest.fixture(name="logs")
def client(emulator):
    return emulator.client("logs")


@pytest.fixture(name="stream")
def one_stream(logs, name):
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    return {"logGroupName": name, "logStreamName": "s"}


def put(logs, stream, *messages, start=None):
    import time

    now = start or int(time.time() * 1000)
    return logs.put_log_events(**stream, logEvents=[
        {"timestamp": now + i, "message": message} for i, message in enumerate(messages)])


def test_a_group_is_described_as_it_was_made(logs, name):
    logs.create_log_group(logGroupName=name, tags={"a": "b"})
    logs.put_retention_policy(logGroupName=name, retentionInDays=7)
    group = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    assert (group["logGroupName"], group["retentionInDays"]) == (name, 7)
    assert group["arn"] == f"arn:aws:logs:us-east-1:000000000000:log-group:{name}:*"
    assert logs.list_tags_log_group(logGroupName=name)["tags"] == {"a": "b"}
    logs.delete_retention_policy(logGroupName=name)
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]


# Source: recorded cases of test_logs_groups, test_logs_streams and test_logs_events.
def test_errors(logs, stream, name):
    assert error_of(logs.create_log_group, logGroupName=name) == (
        "ResourceAlreadyExistsException", "The specified log group already exists")
    assert error_of(logs.create_log_stream, **stream) == (
        "ResourceAlreadyExistsException", "The specified log stream already exists")
    assert error_of(logs.get_log_events, logGroupName="none", logStreamName="s") == (
        "ResourceNotFoundException", "The specified log group does not exist.")
    assert error_of(logs.get_log_events, logGroupName=name, logStreamName="none") == (
        "ResourceNotFoundException", "The specified log stream does not exist.")
    now = 1_900_000_000_000
    assert error_of(logs.put_log_events, **stream, logEvents=[
        {"timestamp": now, "message": "later"}, {"timestamp": now - 1, "message": "earlier"}]) == (
        "InvalidParameterException", "Log events in a single PutLogEvents request must be in chronological order.")
    assert error_of(logs.put_retention_policy, logGroupName=name, retentionInDays=8)[0] == "InvalidParameterException"


def test_events_come_back_in_order_and_in_pages(logs, stream):
    put(logs, stream, *(f"line {i}" for i in range(10)))
    first = logs.get_log_events(**stream, limit=4, startFromHead=True)
    assert [event["message"] for event in first["events"]] == [f"line {i}" for i in range(4)]
    second = logs.get_log_events(**stream, limit=4, startFromHead=True, nextToken=first["nextForwardToken"])
    assert [event["message"] for event in second["events"]] == [f"line {i}" for i in range(4, 8)]
    # Without startFromHead the newest page comes first.
    newest = logs.get_log_events(**stream, limit=3)
    assert [event["message"] for event in newest["events"]] == ["line 7", "line 8", "line 9"]
    # At the end the same token comes back: that is how readers know.
    end = logs.get_log_events(**stream, startFromHead=True)
    again = logs.get_log_events(**stream, startFromHead=True, nextToken=end["nextForwardToken"])
    assert again["events"] == [] and again["nextForwardToken"] == end["nextForwardToken"]


@pytest.mark.parametrize("pattern, wanted", [
    ("ERROR", {"ERROR one"}), ("ERROR one", {"ERROR one"}), ("?ERROR ?WARN", {"ERROR one", "WARN two"}),
    ('"WARN two"', {"WARN two"}), ("{ $.level = \"bad\" }", {'{"level": "bad", "n": 7}'}),
    ("{ $.n > 5 }", {'{"level": "bad", "n": 7}'}), ("-ERROR", {"WARN two", '{"level": "bad", "n": 7}'}),
])
def test_filter_patterns(logs, stream, name, pattern, wanted):
    put(logs, stream, "ERROR one", "WARN two", '{"level": "bad", "n": 7}')
    events = logs.filter_log_events(logGroupName=name, filterPattern=pattern)["events"]
    assert {event["message"] for event in events} == wanted


def test_events_are_found_across_streams_by_time(logs, stream, name):
    logs.create_log_stream(logGroupName=name, logStreamName="t")
    import time

    now = int(time.time() * 1000)
    put(logs, stream, "a", "b", start=now - 5000)
    put(logs, {"logGroupName": name, "logStreamName": "t"}, "c", start=now - 4000)
    events = logs.filter_log_events(logGroupName=name, startTime=now - 4999, endTime=now)["events"]
    assert [(event["logStreamName"], event["message"]) for event in events] == [("s", "b"), ("t", "c")]


def test_a_deleted_group_takes_its_events_along(logs, stream, name):
    put(logs, stream, "old")
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)
    assert logs.describe_log_streams(logGroupName=name)["logStreams"] == []
