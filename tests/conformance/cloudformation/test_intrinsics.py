"""Parameters, conditions and intrinsic functions, each seen through an output."""

import pytest

from support.errors import error_of
from support.stacks import Stack

GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Sub": "/${AWS::StackName}/log"}}}


@pytest.fixture(name="stack")
def one_stack(emulator, name):
    return Stack(emulator, name)


def value_of(stack, expression, parameters=None, **sections):
    template = dict({"Resources": {"Group": GROUP}, "Outputs": {"It": {"Value": expression}}}, **sections)
    assert stack.create(template, parameters) == "CREATE_COMPLETE", stack.reasons()
    return stack.outputs()["It"]


@pytest.mark.parametrize("expression, wanted", [
    ({"Ref": "Group"}, "/{name}/log"),
    ({"Fn::GetAtt": ["Group", "Arn"]}, "arn:aws:logs:us-east-1:000000000000:log-group:/{name}/log:*"),
    ({"Fn::GetAtt": "Group.Arn"}, "arn:aws:logs:us-east-1:000000000000:log-group:/{name}/log:*"),
    ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}, "b"]]}, "a-us-east-1-b"),
    ({"Fn::Sub": "${AWS::AccountId}/${Group}/${!Literal}"}, "000000000000//{name}/log/${Literal}"),
    ({"Fn::Sub": ["${A}+${AWS::Partition}", {"A": {"Ref": "AWS::StackName"}}]}, "{name}+aws"),
    ({"Fn::Select": ["1", {"Fn::Split": [",", "a,b,c"]}]}, "b"),
    ({"Fn::Select": [0, ["x", "y"]]}, "x"),
    ({"Fn::Base64": "text"}, "dGV4dA=="),
    ({"Fn::Sub": "${AWS::URLSuffix}"}, "amazonaws.com"),
])
def test_functions(stack, name, expression, wanted):
    assert value_of(stack, expression) == wanted.replace("{name}", name)


def test_maps_are_looked_up(stack):
    mappings = {"Sizes": {"dev": {"memory": "128"}, "live": {"memory": "512"}}}
    assert value_of(stack, {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "memory"]}, {"Stage": "live"},
                    Mappings=mappings, Parameters={"Stage": {"Type": "String"}}) == "512"


@pytest.mark.parametrize("stage, wanted", [("live", "yes"), ("dev", "no")])
def test_conditions_choose(stack, stage, wanted):
    conditions = {"IsLive": {"Fn::Equals": [{"Ref": "Stage"}, "live"]},
                  "Both": {"Fn::And": [{"Condition": "IsLive"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
                  "Any": {"Fn::Or": [{"Condition": "Both"}, {"Fn::Equals": ["a", "b"]}]}}
    resources = {"Group": GROUP, "Only": {"Type": "AWS::Logs::LogGroup", "Condition": "IsLive"}}
    assert value_of(stack, {"Fn::If": ["Any", "yes", "no"]}, {"Stage": stage}, Conditions=conditions,
                    Resources=resources, Parameters={"Stage": {"Type": "String"}}) == wanted
    assert ("Only" in stack.resources()) is (stage == "live")


def test_no_value_leaves_a_property_out(emulator, stack, name):
    resources = {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {
        "LogGroupName": name, "RetentionInDays": {"Fn::If": ["Never", 7, {"Ref": "AWS::NoValue"}]}}}}
    value_of(stack, "x", Resources=resources, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    group = emulator.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    assert "retentionInDays" not in group


def test_short_forms_of_yaml(stack, name):
    text = """
Parameters:
  Who: {Type: String, Default: me}
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub "/${AWS::StackName}/${Who}"
Outputs:
  It:
    Value: !Join ["|", [!Ref Group, !GetAtt Group.Arn, !Select [1, !Split [".", "a.b"]]]]
"""
    assert stack.create(text) == "CREATE_COMPLETE"
    assert stack.outputs()["It"] == (
        f"/{name}/me|arn:aws:logs:us-east-1:000000000000:log-group:/{name}/me:*|b")


def test_parameters_are_checked(stack):
    parameters = {"Stage": {"Type": "String", "AllowedValues": ["dev", "live"]}}
    template = {"Parameters": parameters, "Resources": {"Group": GROUP}}
    assert error_of(stack.create, template) == (
        "ValidationError", "Parameters: [Stage] must have values")
    assert error_of(stack.create, template, {"Stage": "test"}) == (
        "ValidationError", "Parameter 'Stage' must be one of AllowedValues")
    assert error_of(stack.create, template, {"Stage": "dev", "Other": "x"}) == (
        "ValidationError", "Parameters: [Other] do not exist in the template")


def test_an_update_may_keep_a_parameter(stack, name):
    template = {"Parameters": {"A": {"Type": "String"}, "B": {"Type": "String", "Default": "b"}},
                "Resources": {"Group": GROUP}, "Outputs": {"It": {"Value": {"Fn::Sub": "${A}${B}"}}}}
    stack.create(template, {"A": "a"})
    stack.cfn.update_stack(StackName=name, UsePreviousTemplate=True, Parameters=[
        {"ParameterKey": "A", "UsePreviousValue": True}, {"ParameterKey": "B", "ParameterValue": "c"}])
    assert stack.wait() == "UPDATE_COMPLETE"
    assert stack.outputs()["It"] == "ac"


def test_one_stack_exports_and_another_imports(emulator, stack, name):
    value_of(stack, "x", Outputs={"It": {"Value": {"Ref": "Group"}, "Export": {"Name": f"{name}-group"}}})
    other = Stack(emulator, name + "b")
    assert value_of(other, {"Fn::ImportValue": f"{name}-group"}) == f"/{name}/log"
    # What others use cannot go. Observed both as an error of the call and as an event of the stack.
    try:
        stack.cfn.delete_stack(StackName=name)
        reason = str(stack.cfn.describe_stack_events(StackName=name)["StackEvents"][0])
    except stack.cfn.exceptions.ClientError as error:
        reason = str(error)
    assert f"{name}-group" in reason and f"{name}b" in reason
    assert not stack.wait().startswith("DELETE_COMPLETE") and stack.resources()["Group"]


def test_an_import_of_nothing_fails_by_name(stack):
    template = {"Resources": {"Group": GROUP}, "Outputs": {"It": {"Value": {"Fn::ImportValue": "nobody-exports"}}}}
    assert stack.create(template) == "ROLLBACK_COMPLETE"
