"""SNS, CloudWatch and Secrets Manager: as much as the applications that run here need."""

import json
import string

import pytest

from support.errors import error_of


def test_a_topic_lives(emulator, name):
    sns = emulator.client("sns")
    arn = sns.create_topic(Name=name, Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
    assert arn == f"arn:aws:sns:us-east-1:000000000000:{name}"
    assert sns.create_topic(Name=name, Tags=[{"Key": "a", "Value": "b"}])["TopicArn"] == arn
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert attributes["TopicArn"] == arn and attributes["Owner"] == "000000000000"
    assert arn in {topic["TopicArn"] for topic in sns.list_topics()["Topics"]}
    sns.delete_topic(TopicArn=arn)
    assert error_of(sns.get_topic_attributes, TopicArn=arn)[0] == "NotFound"


def test_a_topic_needs_a_proper_name(emulator):
    code, message = error_of(emulator.client("sns").create_topic, Name="not a name!")
    assert code == "InvalidParameter" and message == "Invalid parameter: Topic Name"


def test_an_alarm_is_kept_and_described(emulator, name):
    cloudwatch = emulator.client("cloudwatch")
    members = {"AlarmName": name, "MetricName": "Errors", "Namespace": "AWS/Lambda", "Statistic": "Sum", "Period": 60,
               "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
               "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
               "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:t"]}
    cloudwatch.put_metric_alarm(**members)
    alarm = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    assert {key: alarm[key] for key in members} == members
    assert alarm["AlarmArn"] == f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}"
    # Nothing is measured yet: no data, no verdict.
    assert alarm["StateValue"] == "INSUFFICIENT_DATA" and alarm["ActionsEnabled"] is True
    cloudwatch.delete_alarms(AlarmNames=[name])
    assert cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"] == []


def test_a_dashboard_is_kept(emulator, name):
    cloudwatch = emulator.client("cloudwatch")
    body = json.dumps({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 3, "height": 3,
                                    "properties": {"markdown": "hello"}}]})
    assert cloudwatch.put_dashboard(DashboardName=name, DashboardBody=body)["DashboardValidationMessages"] == []
    assert json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]) == json.loads(body)
    assert error_of(cloudwatch.put_dashboard, DashboardName=name, DashboardBody="{")[0] in (
        "InvalidParameterInput", "DashboardInvalidInputError")
    cloudwatch.delete_dashboards(DashboardNames=[name])
    assert error_of(cloudwatch.get_dashboard, DashboardName=name)[0] in ("ResourceNotFound", "DashboardNotFoundError")


@pytest.mark.parametrize("members, alphabet", [
    ({"PasswordLength": 64}, string.ascii_letters + string.digits + string.punctuation),
    ({"PasswordLength": 64, "ExcludePunctuation": True}, string.ascii_letters + string.digits),
    ({"PasswordLength": 64, "ExcludePunctuation": True, "ExcludeNumbers": True, "ExcludeUppercase": True},
     string.ascii_lowercase),
    ({"PasswordLength": 64, "ExcludeCharacters": "\"'`[]{}():;,$/\\<>|=&"},
     set(string.ascii_letters + string.digits + string.punctuation) - set("\"'`[]{}():;,$/\\<>|=&")),
])
def test_random_passwords_hold_what_was_asked_for(emulator, members, alphabet):
    secrets = emulator.client("secretsmanager")
    password = secrets.get_random_password(**members)["RandomPassword"]
    assert len(password) == 64 and set(password) <= set(alphabet)
    assert password != secrets.get_random_password(**members)["RandomPassword"]


def test_a_random_password_has_every_kind_by_default(emulator):
    secrets = emulator.client("secretsmanager")
    for _ in range(20):
        password = set(secrets.get_random_password(PasswordLength=4)["RandomPassword"])
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation):
            assert password & set(kind)
    assert len(secrets.get_random_password()["RandomPassword"]) == 32
    code, _ = error_of(secrets.get_random_password, PasswordLength=3, RequireEachIncludedType=True)
    assert code == "InvalidParameterException"
