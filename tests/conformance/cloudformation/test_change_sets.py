"""Change sets: what `aws cloudformation deploy` and `sam deploy` go through."""

import json

import pytest

from support import apis
from support.errors import error_of
from support.stacks import CAPABILITIES, Stack, table


@pytest.fixture(name="stack")
def one_stack(emulator, name):
    return Stack(emulator, name)


def change_set(stack, template, kind, name="changes"):
    stack.cfn.create_change_set(StackName=stack.name, ChangeSetName=name, ChangeSetType=kind,
                                TemplateBody=json.dumps(template), Capabilities=CAPABILITIES)
    for _ in range(2000):
        described = stack.cfn.describe_change_set(StackName=stack.name, ChangeSetName=name)
        if not described["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
            return described
    raise AssertionError(described["Status"])


def test_a_stack_is_made_through_a_change_set(stack, name):
    described = change_set(stack, {"Resources": {"Table": table(f"{name}-a")}}, "CREATE")
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    change = described["Changes"][0]["ResourceChange"]
    assert (change["Action"], change["LogicalResourceId"], change["ResourceType"]) == (
        "Add", "Table", "AWS::DynamoDB::Table")
    assert stack.describe()["StackStatus"] == "REVIEW_IN_PROGRESS"
    stack.cfn.execute_change_set(StackName=name, ChangeSetName="changes")
    assert stack.wait() == "CREATE_COMPLETE"

    described = change_set(stack, {"Resources": {"Table": table(f"{name}-b"), "More": table()}}, "UPDATE", "second")
    actions = {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]
               for change in described["Changes"]}
    assert actions["More"]["Action"] == "Add"
    assert (actions["Table"]["Action"], actions["Table"]["Replacement"]) == ("Modify", "True")
    stack.cfn.execute_change_set(StackName=name, ChangeSetName="second")
    assert stack.wait() == "UPDATE_COMPLETE"
    assert stack.resources()["Table"] == f"{name}-b"


def test_a_change_set_without_changes_fails_with_the_words_tools_look_for(stack):
    template = {"Resources": {"Table": table()}}
    stack.create(template)
    described = change_set(stack, template, "UPDATE")
    assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert described["StatusReason"] == (
        "The submitted information didn't contain changes. Submit different information to create a change set.")


def test_errors(stack, name):
    assert error_of(change_set, stack, {"Resources": {"Table": table()}}, "UPDATE") == (
        "ValidationError", f"Stack [{name}] does not exist")
    stack.create({"Resources": {"Table": table()}})
    assert error_of(stack.cfn.describe_change_set, StackName=name, ChangeSetName="none") == (
        "ChangeSetNotFound", "ChangeSet [none] does not exist")
    assert error_of(change_set, stack, {"Resources": {"More": table()}}, "CREATE") == (
        "ValidationError", f"Stack [{name}] already exists and cannot be created again with the changeSet [changes].")


def test_a_change_set_may_be_thrown_away(stack, name):
    stack.create({"Resources": {"Table": table()}})
    change_set(stack, {"Resources": {"Other": table()}}, "UPDATE")
    stack.cfn.delete_change_set(StackName=name, ChangeSetName="changes")
    assert error_of(stack.cfn.describe_change_set, StackName=name, ChangeSetName="changes")[0] == "ChangeSetNotFound"
    assert set(stack.resources()) == {"Table"}


def test_an_executed_change_set_gives_its_name_back(stack, name):
    """Clients name theirs by the second, and two deployments may end within one."""
    template = {"Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}}}
    stack.create(template)
    for days in (1, 3):
        template["Resources"]["Group"]["Properties"] = {"RetentionInDays": days}
        arguments = {"StackName": name, "ChangeSetName": "same", "TemplateBody": json.dumps(template)}
        stack.cfn.create_change_set(**arguments)
        assert error_of(stack.cfn.create_change_set, **arguments)[0] == "AlreadyExistsException"
        stack.cfn.execute_change_set(StackName=name, ChangeSetName="same")
        assert stack.wait() == "UPDATE_COMPLETE"
    assert stack.cfn.list_change_sets(StackName=name)["Summaries"] == []


def test_the_command_line_client_deploys(emulator, stack, name, tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text("Parameters:\n  Who: {Type: String}\nResources:\n  Table:\n    Type: AWS::DynamoDB::Table\n"
                        "    Properties:\n      TableName: !Sub '${AWS::StackName}-${Who}'\n"
                        "      BillingMode: PAY_PER_REQUEST\n"
                        "      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]\n"
                        "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n")
    deploy = ("cloudformation", "deploy", "--stack-name", name, "--template-file", template,
              "--parameter-overrides", "Who=cli")
    done = emulator.aws_raw(*deploy)
    assert done.returncode == 0, done.stderr
    assert stack.resources()["Table"] == f"{name}-cli"
    again = emulator.aws_raw(*deploy, "--no-fail-on-empty-changeset")
    assert again.returncode == 0 and "No changes to deploy" in again.stdout + again.stderr
    assert apis.outputs(emulator, name) == {}
