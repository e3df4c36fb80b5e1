"""What is younger than Debian's boto3: USER_AUTH, codes by e-mail, rotation of refresh tokens, newer token events.

The calls go out as JSON, as the newer clients send them.
"""

import pytest
from jose import jwt

from support import srp
from support.pools import PASSWORD
from support.triggers import Triggers

TARGET = "AWSCognitoIdentityProviderService."


@pytest.fixture(name="call", scope="module")
def raw_call(emulator):
    def call(operation, **members):
        status, _, body = emulator.call(TARGET + operation, members, version="1.1", service="cognito-idp")
        return body if status == 200 else (body["__type"], body["message"])
    return call


def make_pool(call, pool=None, **client):
    id_ = call("CreateUserPool", PoolName="newer", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"],
               **(pool or {}))["UserPool"]["Id"]
    client.setdefault("ExplicitAuthFlows", ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    made = call("CreateUserPoolClient", UserPoolId=id_, ClientName="app", PreventUserExistenceErrors="ENABLED",
                **client)
    return id_, made["UserPoolClient"]["ClientId"]


def make_person(call, pool, client, email, password=PASSWORD):
    made = call("SignUp", ClientId=client, Username=email, **({"Password": password} if password else {}))
    call("AdminConfirmSignUp", UserPoolId=pool, Username=email)
    return made["UserSub"]


CODES_TOO = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}


def test_a_person_chooses_how_to_sign_in(call, emulator):
    pool, client = make_pool(call, CODES_TOO)
    assert call("DescribeUserPool", UserPoolId=pool)["UserPool"]["Policies"]["SignInPolicy"] == (
        CODES_TOO["Policies"]["SignInPolicy"])
    sub = make_person(call, pool, client, "choice@example.com")

    def begin(**parameters):
        return call("InitiateAuth", ClientId=client, AuthFlow="USER_AUTH",
                    AuthParameters={"USERNAME": "choice@example.com", **parameters})

    def respond(challenge, **responses):
        return call("RespondToAuthChallenge", ClientId=client, ChallengeName=challenge["ChallengeName"],
                    Session=challenge["Session"],
                    ChallengeResponses={"USERNAME": "choice@example.com", **responses})

    offered = begin()
    assert offered["ChallengeName"] == "SELECT_CHALLENGE"
    assert offered["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]
    assert respond(offered, ANSWER="PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
    assert respond(begin(), ANSWER="WEB_AUTHN")[0] == "InvalidParameterException"

    since = len(emulator.lines)
    challenge = begin(PREFERRED_CHALLENGE="EMAIL_OTP")
    assert challenge["ChallengeName"] == "EMAIL_OTP"
    assert challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "c***@e***"
    code = emulator.wait_for(r"\b(\d{8}) for choice@example.com", since).group(1)
    wrong = "00000000" if code != "00000000" else "11111111"
    assert respond(challenge, EMAIL_OTP_CODE=wrong) == (
        "CodeMismatchException", "Invalid code or auth state for the user.")
    assert respond(challenge, EMAIL_OTP_CODE=code)["AuthenticationResult"]

    proof = srp.Client()
    challenge = begin(PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=proof.public)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER" and challenge["Session"]
    answer = proof.answer(pool.split("_")[1], sub, PASSWORD, challenge["ChallengeParameters"])
    assert respond(challenge, **answer)["AuthenticationResult"]


def test_people_may_do_without_a_password(call, emulator):
    pool, client = make_pool(call, CODES_TOO)
    make_person(call, pool, client, "free@example.com", password=None)
    since = len(emulator.lines)
    challenge = call("InitiateAuth", ClientId=client, AuthFlow="USER_AUTH",
                     AuthParameters={"USERNAME": "free@example.com", "PREFERRED_CHALLENGE": "EMAIL_OTP"})
    code = emulator.wait_for(r"\b(\d{8}) for free@example.com", since).group(1)
    assert call("RespondToAuthChallenge", ClientId=client, ChallengeName="EMAIL_OTP", Session=challenge["Session"],
                ChallengeResponses={"USERNAME": "free@example.com", "EMAIL_OTP_CODE": code})["AuthenticationResult"]
    assert call("InitiateAuth", ClientId=client, AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": "free@example.com", "PASSWORD": ""}) == (
        "NotAuthorizedException", "Incorrect username or password.")


def test_nobody_is_asked_as_somebody_would_be(call):
    _, client = make_pool(call, CODES_TOO)
    challenge = call("InitiateAuth", ClientId=client, AuthFlow="USER_AUTH",
                     AuthParameters={"USERNAME": "nobody@example.com", "PREFERRED_CHALLENGE": "EMAIL_OTP"})
    assert challenge["ChallengeName"] == "EMAIL_OTP"
    for code in ("", "00000000"):
        assert call("RespondToAuthChallenge", ClientId=client, ChallengeName="EMAIL_OTP", Session=challenge["Session"],
                    ChallengeResponses={"USERNAME": "nobody@example.com", "EMAIL_OTP_CODE": code})[0] in (
            "CodeMismatchException", "NotAuthorizedException")


def test_refresh_tokens_rotate_with_a_grace(start):
    emulator = start("--clock", "2026-01-01T00:00:00Z").ready()
    emulator.clock(freeze=True)

    def call(operation, **members):
        status, _, body = emulator.call(TARGET + operation, members, version="1.1", service="cognito-idp")
        return body if status == 200 else (body["__type"], body["message"])

    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}
    pool, client = make_pool(call, RefreshTokenRotation=rotation, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    shown = call("DescribeUserPoolClient", UserPoolId=pool, ClientId=client)["UserPoolClient"]
    assert shown["RefreshTokenRotation"] == rotation
    make_person(call, pool, client, "r@example.com")
    first = call("InitiateAuth", ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
        "USERNAME": "r@example.com", "PASSWORD": PASSWORD})["AuthenticationResult"]["RefreshToken"]

    def refresh(token):
        return call("GetTokensFromRefreshToken", ClientId=client, RefreshToken=token)

    second = refresh(first)["AuthenticationResult"]["RefreshToken"]
    assert second != first
    emulator.clock(advance="9s")
    assert refresh(first)["AuthenticationResult"]["RefreshToken"] not in (first, second)
    emulator.clock(advance="1s")
    assert refresh(first)[0] == "RefreshTokenReuseException"
    assert refresh(second)["AuthenticationResult"]["AccessToken"]
    # Revoking one ends the whole session.
    call("RevokeToken", ClientId=client, Token=second)
    assert refresh(second) == ("NotAuthorizedException", "Refresh Token has been revoked")


def test_the_newer_token_event_changes_access_tokens(emulator, call, name, tmp_path):
    made = Triggers(
        emulator, name, tmp_path,
        "event['response']['claimsAndScopeOverrideDetails'] = {\n"
        "    'idTokenGeneration': {'claimsToAddOrOverride': {'plan': {'seats': 3}}},\n"
        "    'accessTokenGeneration': {'claimsToAddOrOverride': {'tenant': 'blue'}, 'scopesToAdd': ['read'],\n"
        "                              'scopesToSuppress': ['aws.cognito.signin.user.admin']}}", [])
    call("UpdateUserPool", UserPoolId=made.pool.id, AutoVerifiedAttributes=["email"], LambdaConfig={
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": made.arn}})
    email, _ = made.pool.person()
    tokens = made.pool.tokens(email)
    event = made.events()[0]
    assert event["version"] == "2" and event["request"]["scopes"] == ["aws.cognito.signin.user.admin"]
    access = jwt.get_unverified_claims(tokens["AccessToken"])
    assert access["tenant"] == "blue" and access["scope"] == "read"
    assert jwt.get_unverified_claims(tokens["IdToken"])["plan"] == {"seats": 3}


def test_a_second_factor_by_mail(call, emulator):
    pool, client = make_pool(call)
    make_person(call, pool, client, "m@example.com")
    call("SetUserPoolMfaConfig", UserPoolId=pool, MfaConfiguration="OPTIONAL",
         EmailMfaConfiguration={"Message": "Type {####} now", "Subject": "Your code"})
    assert call("AdminSetUserMFAPreference", UserPoolId=pool, Username="m@example.com",
                EmailMfaSettings={"Enabled": True, "PreferredMfa": True}) in ({}, None)
    since = len(emulator.lines)
    challenge = call("InitiateAuth", ClientId=client, AuthFlow="USER_PASSWORD_AUTH",
                     AuthParameters={"USERNAME": "m@example.com", "PASSWORD": PASSWORD})
    assert challenge["ChallengeName"] == "EMAIL_OTP"
    code = emulator.wait_for(r"\b(\d{8}) for m@example.com", since).group(1)
    assert call("RespondToAuthChallenge", ClientId=client, ChallengeName="EMAIL_OTP", Session=challenge["Session"],
                ChallengeResponses={"USERNAME": "m@example.com", "EMAIL_OTP_CODE": code})["AuthenticationResult"]


def test_old_passwords_may_not_come_back(call):
    pool, client = make_pool(call, {"Policies": {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}}})
    make_person(call, pool, client, "h@example.com", "password-1")

    def change(password):
        return call("AdminSetUserPassword", UserPoolId=pool, Username="h@example.com", Password=password,
                    Permanent=True)
    for password in ("password-2", "password-3"):
        assert change(password) in ({}, None)
    for password in ("password-2", "password-3"):
        assert change(password)[0] == "PasswordHistoryPolicyViolationException"
    # Only the last two are remembered.
    assert change("password-1") in ({}, None)
