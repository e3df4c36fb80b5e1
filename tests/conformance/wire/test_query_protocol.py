"""The query protocol (forms in, XML out) as bytes on the wire."""

import re
import xml.etree.ElementTree

import pytest

from support.emulator import credential


def form(emulator, service, body, verb="POST"):
    headers = {"Authorization": credential(service), "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    status, got, raw = emulator.http(verb, "/", body, headers)
    return status, got, raw.decode()


def test_an_answer_is_wrapped_as_aws_wraps_it(emulator):
    status, headers, text = form(emulator, "sts", "Action=GetCallerIdentity&Version=2011-06-15")
    assert status == 200 and headers["Content-Type"].startswith("text/xml")
    root = xml.etree.ElementTree.fromstring(text)
    space = "{https://sts.amazonaws.com/doc/2011-06-15/}"
    assert root.tag == space + "GetCallerIdentityResponse"
    assert root.find(f"{space}GetCallerIdentityResult/{space}Account").text == "000000000000"
    assert root.find(f"{space}ResponseMetadata/{space}RequestId").text == headers["x-amzn-RequestId"]


@pytest.mark.parametrize("service, body, status, code", [
    ("cloudformation", "Action=DescribeStacks&Version=2010-05-15&StackName=nope", 400, "ValidationError"),
    ("cloudformation", "Action=NoSuchThing&Version=2010-05-15", 400, "InvalidAction"),
    ("cloudformation", "Version=2010-05-15", 400, "MissingAction"),
    ("cloudformation", "Action=CreateStack&Version=2010-05-15", 400, "ValidationError"),
    ("sns", "Action=GetTopicAttributes&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:no", 404,
     "NotFound"),
    ("iam", "Action=GetRole&Version=2010-05-08&RoleName=nope", 404, "NoSuchEntity"),
])
def test_errors(emulator, service, body, status, code):
    got, _, text = form(emulator, service, body)
    root = xml.etree.ElementTree.fromstring(text)
    names = {re.sub(r"\{.*\}", "", element.tag): element.text for element in root.iter()}
    assert (got, names["Code"]) == (status, code), text
    assert root.tag.endswith("ErrorResponse") and names["Type"] == "Sender" and names["RequestId"]


@pytest.mark.parametrize("body", ["%", "Action=%ZZ", "\x00\x01",
                                  "Action=CreateStack&Parameters.member.99999999999=1&Version=2010-05-15",
                                  "Action=CreateStack&Parameters.member.-1.ParameterKey=1&Version=2010-05-15"])
def test_nonsense_is_an_error_and_no_more(emulator, body, alive):
    assert 400 <= form(emulator, "cloudformation", body)[0] < 502


def test_text_is_escaped(emulator):
    _, _, text = form(emulator, "cloudformation",
                      "Action=DescribeStacks&Version=2010-05-15&StackName=%3Cb%3E%26")
    xml.etree.ElementTree.fromstring(text)
    assert "<b>" not in text


def test_a_client_cannot_write_lines_or_colours_into_the_log(emulator):
    since = len(emulator.lines)
    form(emulator, "iam", "Action=One\x1b[2J\nForged line 200 1 ms&Version=2010-05-08")
    line = emulator.wait_for(r"Forged line", since).string
    assert line.startswith("iam.One") and "\x1b" not in line
