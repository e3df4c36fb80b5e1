"""Stacks: created, changed, rolled back and deleted; the resources really come and go."""

import json
import re

import pytest

from support.errors import error_of
from support.stacks import Stack, table

GROUP = {"Type": "AWS::Logs::LogGroup"}


@pytest.fixture(name="stack")
def one_stack(emulator, name):
    return Stack(emulator, name)


def test_a_stack_lives(emulator, stack, name):
    db = emulator.client("dynamodb")
    template = {"Description": "First", "Resources": {"Table": table(f"{name}-table"), "Group": GROUP},
                "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}, "Description": "Where"}}}
    assert stack.create(template) == "CREATE_COMPLETE"
    described = stack.describe()
    assert re.fullmatch(rf"arn:aws:cloudformation:us-east-1:000000000000:stack/{name}/[0-9a-f-]{{36}}",
                        described["StackId"])
    assert described["Description"] == "First"
    assert stack.outputs() == {"Arn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}-table"}
    resources = stack.resources()
    assert resources["Table"] == f"{name}-table"
    assert re.fullmatch(rf"{name}-Group-[A-Za-z0-9]{{12,13}}", resources["Group"])
    assert db.describe_table(TableName=f"{name}-table")["Table"]["TableStatus"] == "ACTIVE"

    # An update keeps what is unchanged, removes what is gone and adds what is new.
    template["Resources"]["More"] = table()
    del template["Resources"]["Group"]
    assert stack.update(template) == "UPDATE_COMPLETE"
    after = stack.resources()
    assert after["Table"] == resources["Table"] and set(after) == {"Table", "More"}
    groups = emulator.client("logs").describe_log_groups(logGroupNamePrefix=resources["Group"])["logGroups"]
    assert groups == []
    db.describe_table(TableName=after["More"])

    stack_id = described["StackId"]
    assert stack.delete() == "DELETE_COMPLETE"
    assert error_of(stack.describe) == ("ValidationError", f"Stack with id {name} does not exist")
    assert stack.describe(stack_id)["StackStatus"] == "DELETE_COMPLETE"
    assert error_of(db.describe_table, TableName=f"{name}-table")[0] == "ResourceNotFoundException"


def test_events_tell_the_story_newest_first(stack, name):
    stack.create({"Resources": {"Group": GROUP}})
    events = stack.cfn.describe_stack_events(StackName=name)["StackEvents"]
    told = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in events]
    assert told[0] == (name, "CREATE_COMPLETE") and told[-1] == (name, "CREATE_IN_PROGRESS")
    assert ("Group", "CREATE_COMPLETE") in told and ("Group", "CREATE_IN_PROGRESS") in told
    assert events[-1]["ResourceStatusReason"] == "User Initiated"
    assert events[0]["ResourceType"] == "AWS::CloudFormation::Stack"


def test_an_update_keeps_physical_ids_and_data(emulator, stack, name):
    db = emulator.client("dynamodb")
    stack.create({"Resources": {"Table": table()}})
    physical = stack.resources()["Table"]
    db.put_item(TableName=physical, Item={"id": {"S": "kept"}})
    stack.update({"Resources": {"Table": table(Tags=[{"Key": "a", "Value": "b"}])}})
    assert stack.resources()["Table"] == physical
    assert db.get_item(TableName=physical, Key={"id": {"S": "kept"}})["Item"]


def test_changed_tags_reach_the_resources(emulator, stack, name):
    """Added, changed and removed, for services that each have their own way to tag."""
    def template(**tags):
        given = [{"Key": key, "Value": value} for key, value in tags.items()]
        return {"Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": name, "Tags": given}},
            "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"Tags": given}},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"Tags": given}},
            "Table": table(Tags=given)}}

    def read():
        ids = stack.resources()
        logs, sns, db = (emulator.client(service) for service in ("logs", "sns", "dynamodb"))
        arn = db.describe_table(TableName=ids["Table"])["Table"]["TableArn"]
        listed = (sns.list_tags_for_resource(ResourceArn=ids["Topic"])["Tags"], db.list_tags_of_resource(ResourceArn=arn)["Tags"])
        return [emulator.client("apigateway").get_rest_api(restApiId=ids["Api"]).get("tags", {}),
                logs.list_tags_log_group(logGroupName=ids["Group"])["tags"],
                *({tag["Key"]: tag["Value"] for tag in tags} for tags in listed)]

    assert stack.create(template(team="a", stays="1")) == "CREATE_COMPLETE"
    assert read() == [{"team": "a", "stays": "1"}] * 4
    assert stack.update(template(stays="2", new="3")) == "UPDATE_COMPLETE"
    assert read() == [{"stays": "2", "new": "3"}] * 4


def test_nothing_to_update_is_an_error(stack):
    template = {"Resources": {"Group": GROUP}}
    stack.create(template)
    assert error_of(stack.update, template) == ("ValidationError", "No updates are to be performed.")


def test_a_failed_creation_rolls_back_and_names_the_reason(emulator, stack, name):
    bad = {"Type": "AWS::DynamoDB::Table", "DependsOn": "Good", "Properties": {"TableName": f"{name}-bad"}}
    assert stack.create({"Resources": {"Good": table(f"{name}-good"), "Bad": bad}}) == "ROLLBACK_COMPLETE"
    assert stack.reasons()["Bad"]
    code, _ = error_of(emulator.client("dynamodb").describe_table, TableName=f"{name}-good")
    assert code == "ResourceNotFoundException"
    assert stack.delete() == "DELETE_COMPLETE"


def test_a_failed_creation_may_be_left_for_inspection(emulator, stack, name):
    bad = {"Type": "AWS::DynamoDB::Table", "DependsOn": "Good", "Properties": {"TableName": f"{name}-bad"}}
    status = stack.create({"Resources": {"Good": table(f"{name}-good"), "Bad": bad}}, OnFailure="DO_NOTHING")
    assert status == "CREATE_FAILED"
    emulator.client("dynamodb").describe_table(TableName=f"{name}-good")


def test_a_failed_update_brings_back_what_was_there(emulator, stack, name):
    template = {"Resources": {"Table": table(f"{name}-one")}}
    stack.create(template)
    bad = {"Type": "AWS::DynamoDB::Table", "DependsOn": "New", "Properties": {"TableName": f"{name}-bad"}}
    changed = {"Resources": {"Table": table(f"{name}-one"), "New": table(f"{name}-new"), "Bad": bad}}
    assert stack.update(changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert set(stack.resources()) == {"Table"}
    assert emulator.client("dynamodb").list_tables(ExclusiveStartTableName=name)["TableNames"][0] == f"{name}-one"
    assert error_of(emulator.client("dynamodb").describe_table, TableName=f"{name}-new")[0] == (
        "ResourceNotFoundException")


def test_a_type_that_is_not_emulated_fails_by_name(stack):
    status = stack.create({"Resources": {"Cluster": {"Type": "AWS::Redshift::Cluster", "Properties": {}}}})
    assert status == "ROLLBACK_COMPLETE"
    assert "AWS::Redshift::Cluster" in stack.reasons()["Cluster"]


def test_a_renamed_table_is_replaced(emulator, stack, name):
    stack.create({"Resources": {"Table": table(f"{name}-old")}})
    stack.update({"Resources": {"Table": table(f"{name}-new")}})
    assert stack.resources()["Table"] == f"{name}-new"
    assert error_of(emulator.client("dynamodb").describe_table, TableName=f"{name}-old")[0] == (
        "ResourceNotFoundException")


def test_what_is_retained_stays(emulator, stack, name):
    stack.create({"Resources": {"Table": dict(table(f"{name}-kept"), DeletionPolicy="Retain"), "Group": GROUP}})
    stack.delete()
    emulator.client("dynamodb").describe_table(TableName=f"{name}-kept")


@pytest.mark.parametrize("template, message", [
    ({}, "Template format error: At least one Resources member must be defined."),
    ({"Resources": {}}, "Template format error: At least one Resources member must be defined."),
    ({"Resources": {"A": {"Properties": {}}}},
     "Template format error: [/Resources/A] Every Resources object must contain a Type member."),
    ({"Resources": {"A": "text"}}, "Template format error: Any Resources member must be an object."),
    ({"Resources": {"A": dict(GROUP, Invalid="key")}}, "Invalid template resource property 'Invalid'"),
    ({"Resources": {"A": dict(GROUP, DependsOn="Nobody")}}, "Template format error: Unresolved resource dependencies "
     "[Nobody] in the Resources block of the template"),
    ({"Resources": {"A": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Nobody"}}}}},
     "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template"),
])
def test_bad_templates_are_refused_at_once(stack, template, message):
    assert error_of(stack.create, template) == ("ValidationError", message)


def test_text_that_is_no_template_is_refused(stack):
    code, message = error_of(stack.create, "{ not: [closed")
    assert code == "ValidationError" and message.startswith("Template format error: ")
    assert error_of(stack.cfn.validate_template, TemplateBody='{"Resources": {')[0] == "ValidationError"


def test_circles_are_refused(stack):
    code, message = error_of(stack.create, {"Resources": {"A": dict(GROUP, DependsOn="B"), "B": dict(GROUP, DependsOn="A")}})
    assert code == "ValidationError" and message.startswith("Circular dependency between resources: [")


def test_names(stack, name):
    template = {"Resources": {"Group": GROUP}}
    stack.create(template)
    assert error_of(stack.create, template) == ("AlreadyExistsException", f"Stack [{name}] already exists")
    other = Stack.__new__(Stack)
    other.cfn, other.name = stack.cfn, "*bad"
    code, message = error_of(other.create, template)
    assert code == "ValidationError" and message == (
        "1 validation error detected: Value '*bad' at 'stackName' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*")
    assert error_of(stack.cfn.describe_stack_events, StackName="does-not-exist") == (
        "ValidationError", "Stack [does-not-exist] does not exist")
    assert error_of(stack.cfn.describe_stack_resource, StackName=name, LogicalResourceId="Nobody") == (
        "ValidationError", f"Resource Nobody does not exist for stack {name}")
    # Deleting what is not there is fine.
    stack.cfn.delete_stack(StackName="does-not-exist")


def test_the_template_comes_back_as_it_was(stack, name):
    text = "Resources:\n  Group:\n    Type: AWS::Logs::LogGroup # kept\n"
    stack.create(text)
    assert stack.cfn.get_template(StackName=name)["TemplateBody"] == text
    summary = stack.cfn.get_template_summary(StackName=name)
    assert summary["ResourceTypes"] == ["AWS::Logs::LogGroup"]


def test_people_of_a_stack_come_and_go(emulator, stack, name):
    """A user whom the template names gets an invitation, and is a member of the group."""
    pool = {"Type": "AWS::Cognito::UserPool", "Properties": {"UsernameAttributes": ["email"]}}
    template = {"Resources": {
        "Pool": pool,
        "Group": {"Type": "AWS::Cognito::UserPoolGroup",
                  "Properties": {"UserPoolId": {"Ref": "Pool"}, "GroupName": "admins"}},
        "Admin": {"Type": "AWS::Cognito::UserPoolUser", "Properties": {
            "UserPoolId": {"Ref": "Pool"}, "Username": f"{name}@example.com", "DesiredDeliveryMediums": ["EMAIL"],
            "UserAttributes": [{"Name": "email", "Value": f"{name}@example.com"},
                               {"Name": "email_verified", "Value": "true"}]}},
        "Membership": {"Type": "AWS::Cognito::UserPoolUserToGroupAttachment", "DependsOn": "Group", "Properties": {
            "UserPoolId": {"Ref": "Pool"}, "GroupName": "admins", "Username": {"Ref": "Admin"}}}}}
    assert stack.create(template) == "CREATE_COMPLETE"
    idp, resources = emulator.client("cognito-idp"), stack.resources()
    user = idp.admin_get_user(UserPoolId=resources["Pool"], Username=resources["Admin"])
    assert user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert {"Name": "email", "Value": f"{name}@example.com"} in user["UserAttributes"]
    people = idp.list_users_in_group(UserPoolId=resources["Pool"], GroupName="admins")["Users"]
    assert [person["Username"] for person in people] == [user["Username"]]
    _, _, inbox = emulator.http("GET", f"/_fractus/inbox?to={name}@example.com")
    assert "temporary password" in json.loads(inbox)["messages"][0]["kind"]

    del template["Resources"]["Membership"], template["Resources"]["Admin"]
    assert stack.update(template) == "UPDATE_COMPLETE"
    assert idp.list_users(UserPoolId=resources["Pool"])["Users"] == []
