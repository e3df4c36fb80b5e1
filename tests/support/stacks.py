"""Creates CloudFormation stacks in tests and waits for their end without counting seconds."""

import json

from support.emulator import PATIENCE

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class Stack:
    """One stack by name; templates are dictionaries or text."""

    def __init__(self, emulator, name):
        self.cfn = emulator.client("cloudformation")
        self.name = name

    def _members(self, template, parameters):
        body = template if isinstance(template, str) else json.dumps(template)
        return {"StackName": self.name, "TemplateBody": body, "Capabilities": CAPABILITIES, "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()]}

    def create(self, template, parameters=None, **members):
        self.cfn.create_stack(**self._members(template, parameters), **members)
        return self.wait()

    def update(self, template, parameters=None, **members):
        self.cfn.update_stack(**self._members(template, parameters), **members)
        return self.wait()

    def delete(self):
        stack_id = self.describe()["StackId"]
        self.cfn.delete_stack(StackName=self.name)
        return self.wait(stack_id)

    def describe(self, stack_id=None):
        return self.cfn.describe_stacks(StackName=stack_id or self.name)["Stacks"][0]

    def wait(self, stack_id=None):
        """The stack's status once nothing is in progress any more."""
        for _ in range(PATIENCE * 50):
            status = self.describe(stack_id)["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                return status
        raise AssertionError(f"{self.name} is still {status}")

    def outputs(self):
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe().get("Outputs", [])}

    def resources(self):
        """{logical id: physical id}"""
        pages = self.cfn.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for page in pages
                for resource in page["StackResourceSummaries"]}

    def reasons(self, stack_id=None):
        """{logical id: reason} of every failure in the stack's events."""
        pages = self.cfn.get_paginator("describe_stack_events").paginate(StackName=stack_id or self.name)
        return {event["LogicalResourceId"]: event.get("ResourceStatusReason", "") for page in pages
                for event in page["StackEvents"] if event["ResourceStatus"].endswith("_FAILED")}


def table(name=None, **properties):
    """A template resource: the least that a DynamoDB table needs."""
    members = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
               "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    if name:
        members["TableName"] = name
    return {"Type": "AWS::DynamoDB::Table", "Properties": dict(members, **properties)}
