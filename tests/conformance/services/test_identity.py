"""STS and IAM: who calls, and roles with their policies."""

import json

import pytest

from support.errors import error_of

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}


@pytest.fixture(name="iam")
def client(emulator):
    return emulator.client("iam")


@pytest.mark.parametrize("key, account", [
    ("test", "000000000000"), ("111122223333", "111122223333"), ("AKIAIOSFODNN7EXAMPLE", "000000000000")])
def test_the_caller_is_the_account_of_the_key(emulator, key, account):
    identity = emulator.client("sts", key=key).get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"].startswith(f"arn:aws:iam::{account}:") and identity["UserId"]


def test_the_command_line_client_knows_who_it_is(emulator):
    assert emulator.aws("sts", "get-caller-identity")["Account"] == "000000000000"


def test_a_role_lives(iam, name):
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), Path="/app/")["Role"]
    assert made["Arn"] == f"arn:aws:iam::000000000000:role/app/{name}"
    assert made["RoleId"].startswith("AROA")
    assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == TRUST
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(POLICY))
    assert iam.get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"] == POLICY
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == [
        {"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": arn}]
    assert error_of(iam.delete_role, RoleName=name)[0] == "DeleteConflict"
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    assert error_of(iam.get_role, RoleName=name) == (
        "NoSuchEntity", f"The role with name {name} cannot be found.")


def test_a_role_is_made_once_and_with_a_document(iam, name):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    assert error_of(iam.create_role, RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST)) == (
        "EntityAlreadyExists", f"Role with name {name} already exists.")
    assert error_of(iam.create_role, RoleName=name + "x", AssumeRolePolicyDocument="no document")[0] == (
        "MalformedPolicyDocument")


def test_accounts_have_roles_of_their_own(emulator, iam, name):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    assert error_of(emulator.client("iam", key="111122223333").get_role, RoleName=name)[0] == "NoSuchEntity"
    # IAM knows no regions.
    emulator.client("iam", region="eu-west-1").get_role(RoleName=name)
