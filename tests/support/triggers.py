"""Pools with Lambda triggers, and the events these got."""

import json

from support import functions
from support.pools import Pool

# Keeps every event where the test can read it, then does what SOURCE says.
RECORDING = """
import json, os
def record(event):
    with open(os.environ["EVENTS"], "a") as log:
        log.write(json.dumps(event) + "\\n")
"""


class Triggers:
    """A pool whose triggers are one function."""

    def __init__(self, emulator, name, folder, body, triggers, allowed=True, **client):
        self.pool = Pool(emulator, **client)
        self.lambdas = emulator.client("lambda")
        self.log = folder / f"{name}.events"
        self.log.touch()
        source = RECORDING + "def handler(event, context):\n    record(event)\n" + "".join(
            f"    {line}\n" for line in body.splitlines()) + "    return event\n"
        made = functions.create(self.lambdas, name, source, Environment={"Variables": {"EVENTS": str(self.log)}})
        self.arn = made["FunctionArn"]
        if allowed:
            self.lambdas.add_permission(
                FunctionName=name, StatementId="pool", Action="lambda:InvokeFunction",
                Principal="cognito-idp.amazonaws.com",
                SourceArn=f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{self.pool.id}")
        self.pool.idp.update_user_pool(UserPoolId=self.pool.id, AutoVerifiedAttributes=["email"],
                                       LambdaConfig={trigger: self.arn for trigger in triggers})

    def events(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]
