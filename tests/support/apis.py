"""Deploys applications and calls their APIs in tests."""

import http.client
import json
import urllib.parse

from support.emulator import PATIENCE, ROOT, run


def deploy(emulator, folder, stack, *arguments):
    """Deploys a folder's template as `fractus deploy` does; returns the stack's outputs."""
    done = run(["deploy", folder, "--stack-name", stack, "--endpoint", emulator.url, *arguments],
               emulator.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return outputs(emulator, stack)


def outputs(emulator, stack):
    described = emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def fixture(name):
    return ROOT / "fixtures" / name


class Api:
    """A deployed API, called by path on the emulator's port, with header names sent as given."""

    def __init__(self, emulator, api_id, stage="Prod"):
        self.emulator = emulator
        self.id = api_id
        self.stage = stage

    def get(self, path, token=None, **headers):
        return self.call("GET", path, headers=dict(headers, **({"Authorization": token} if token else {})))

    def call(self, verb, path, body=None, headers=None):
        """(status, headers, parsed or raw body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=PATIENCE)
        try:
            connection.request(verb, f"/_aws/execute-api/{self.id}/{self.stage}{path}", body=body,
                               headers=headers or {})
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        try:
            return answer.status, answer.headers, json.loads(raw)
        except ValueError:
            return answer.status, answer.headers, raw.decode("utf-8", "replace")


def lambda_uri(function_arn):
    return (f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            f"{urllib.parse.unquote(function_arn)}/invocations")


def proxy_api(emulator, function_name, verb="ANY", path="{proxy+}", permit=True, **integration):
    """A REST API made from control-plane calls, with one proxy resource in front of a function."""
    gateway, lambdas = emulator.client("apigateway"), emulator.client("lambda")
    api = gateway.create_rest_api(name=f"api of {function_name}")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart=path)["id"]
    gateway.put_method(restApiId=api, resourceId=resource, httpMethod=verb, authorizationType="NONE")
    arn = lambdas.get_function(FunctionName=function_name)["Configuration"]["FunctionArn"]
    gateway.put_integration(restApiId=api, resourceId=resource, httpMethod=verb, type="AWS_PROXY",
                            integrationHttpMethod="POST", uri=lambda_uri(arn), **integration)
    if permit:
        lambdas.add_permission(FunctionName=function_name, StatementId=f"s{api}", Action="lambda:InvokeFunction",
                               Principal="apigateway.amazonaws.com",
                               SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{api}/*/*/*")
    gateway.create_deployment(restApiId=api, stageName="Prod")
    return Api(emulator, api)
