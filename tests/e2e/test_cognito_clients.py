"""A web application's person: amazon-cognito-identity-js signs up, in and out, aws-jwt-verify reads the tokens."""

import datetime
import json
import pathlib
import re

from support import totp
from support.node import Script, packages
from support.pools import PASSWORD, Pool

EMAIL = "web@example.com"
SCRIPT = pathlib.Path(__file__).with_name("cognito_clients.mjs")


def test_the_story_of_a_person_in_a_browser(start, tmp_path):
    packages(amazon_cognito_identity_js="6.3.21", aws_jwt_verify="5.2.1")
    emulator = start().ready()
    pool = Pool(emulator, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL",
                                      SoftwareTokenMfaConfiguration={"Enabled": True})
    script = Script(SCRIPT, tmp_path, url=emulator.url, pool=pool.id, client=pool.client, email=EMAIL,
                    password=PASSWORD)
    signed_up = script.read()
    code = emulator.wait_for(rf"\b(\d{{6}}) for {re.escape(EMAIL)}").group(1)
    signed_in = script.answer(code)
    assert signed_in["refusal"] == ["NotAuthorizedException", "Incorrect username or password."]
    _, _, keys = emulator.http("GET", f"/{pool.id}/.well-known/jwks.json")
    verified = script.answer(json.loads(keys))
    assert verified["sub"] == verified["username"] == signed_up["sub"]
    changed = script.answer(None)
    assert changed["fresh"] and {"sub", "email", "email_verified", "name"} == set(changed["names"])
    secret = script.answer(None)["secret"]
    asked = script.answer(totp.code(secret, _now(emulator)))
    assert asked["step"] == "app asked for"
    # The code that enrolled the app is spent; half a minute later there is another.
    emulator.clock(advance="30s")
    assert script.answer(totp.code(secret, _now(emulator)))["step"] == "done"
    script.end()


def _now(emulator):
    return datetime.datetime.fromisoformat(emulator.clock(advance="0s")["now"].replace("Z", "+00:00")).timestamp()
