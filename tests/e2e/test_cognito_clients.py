"""Web applications' people: amazon-cognito-identity-js (with SRP) and the AWS SDK for JavaScript v3 (without it) sign
them up, in and out; aws-jwt-verify and python-jose read the tokens."""

import datetime
import json
import pathlib
import re

from jose import jwt

from support import totp
from support.node import Script, packages
from support.pools import PASSWORD, Pool

EMAIL = "web@example.com"
FOLDER = pathlib.Path(__file__).parent


def _start(start, *flows):
    emulator = start().ready()
    pool = Pool(emulator, ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH", *flows])
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL",
                                      SoftwareTokenMfaConfiguration={"Enabled": True})
    return emulator, pool


def _script(name, folder, emulator, pool):
    return Script(FOLDER / name, folder, url=emulator.url, pool=pool.id, client=pool.client, email=EMAIL,
                  password=PASSWORD)


def _keys(emulator, pool):
    return json.loads(emulator.http("GET", f"/{pool.id}/.well-known/jwks.json")[2])


def test_the_story_of_a_person_in_a_browser(start, tmp_path):
    packages(amazon_cognito_identity_js="6.3.21", aws_jwt_verify="5.2.1")
    emulator, pool = _start(start, "ALLOW_USER_SRP_AUTH")
    script = _script("cognito_clients.mjs", tmp_path, emulator, pool)
    signed_up = script.read()
    code = emulator.wait_for(rf"\b(\d{{6}}) for {re.escape(EMAIL)}").group(1)
    signed_in = script.answer(code)
    assert signed_in["refusal"] == ["NotAuthorizedException", "Incorrect username or password."]
    verified = script.answer(_keys(emulator, pool))
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


def test_the_story_of_a_person_of_the_javascript_sdk(start, tmp_path):
    packages(**{"@aws-sdk/client-cognito-identity-provider": "3.901.0"})
    emulator, pool = _start(start, "ALLOW_USER_PASSWORD_AUTH")
    script = _script("cognito_sdk.mjs", tmp_path, emulator, pool)
    said = script.read()
    while said["step"] == "app":
        # A code is good once: each is of half a minute of its own.
        emulator.clock(advance="30s")
        said = script.answer(totp.code(said["secret"], _now(emulator)))
    claims = jwt.decode(said["idToken"], _keys(emulator, pool), algorithms=["RS256"], audience=pool.client)
    assert claims["email"] == "colleague@example.com"
    script.end()


def _now(emulator):
    return datetime.datetime.fromisoformat(emulator.clock(advance="0s")["now"].replace("Z", "+00:00")).timestamp()
