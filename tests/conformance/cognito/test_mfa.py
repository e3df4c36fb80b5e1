"""Second factors: authenticator apps, SMS, and pools that insist on one."""

import datetime
import json
import re

import pytest
from jose import jwt

from support import totp
from support.emulator import Emulator
from support.errors import error_of
from support.pools import PASSWORD, Pool


@pytest.fixture(name="still", scope="module")
def emulator_with_a_clock_that_stands(tmp_path_factory):
    running = Emulator(tmp_path_factory.mktemp("mfa"), "--clock", "2026-01-01T00:00:00Z").ready()
    running.clock(freeze=True)
    yield running
    running.kill()


@pytest.fixture(name="now")
def present(still):
    """Each test has minutes of its own, so that no code is an old one."""
    still.clock(advance="5m")
    return lambda: _seconds(still.clock(advance="0s"))


def _seconds(shown):
    text = shown["now"].replace("Z", "+00:00")
    return datetime.datetime.fromisoformat(text).timestamp()


def make_pool(emulator, mode="OPTIONAL"):
    pool = Pool(emulator)
    pool.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration=mode, SoftwareTokenMfaConfiguration={"Enabled": True},
        SmsMfaConfiguration={"SmsAuthenticationMessage": "Use {####} to sign in.", "SmsConfiguration": {
            "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}})
    return pool


def respond(pool, challenge, email, **responses):
    return pool.idp.respond_to_auth_challenge(
        ClientId=pool.client, ChallengeName=challenge["ChallengeName"], Session=challenge["Session"],
        ChallengeResponses={"USERNAME": email, **responses})


def enroll(pool, email, now):
    token = pool.tokens(email)["AccessToken"]
    secret = pool.idp.associate_software_token(AccessToken=token)["SecretCode"]
    assert re.fullmatch("[A-Z2-7]{52}", secret)
    assert error_of(pool.idp.verify_software_token, AccessToken=token, UserCode="000000") == (
        "EnableSoftwareTokenMFAException", "Code mismatch")
    done = pool.idp.verify_software_token(AccessToken=token, UserCode=totp.code(secret, now()),
                                          FriendlyDeviceName="phone")
    assert done["Status"] == "SUCCESS"
    pool.idp.set_user_mfa_preference(AccessToken=token,
                                     SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    return secret, token


def test_the_settings_of_a_pool_are_shown_as_they_were_made(still):
    pool = make_pool(still)
    shown = pool.idp.get_user_pool_mfa_config(UserPoolId=pool.id)
    assert shown["MfaConfiguration"] == "OPTIONAL" and shown["SoftwareTokenMfaConfiguration"] == {"Enabled": True}
    assert shown["SmsMfaConfiguration"]["SmsAuthenticationMessage"] == "Use {####} to sign in."
    assert pool.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["MfaConfiguration"] == "OPTIONAL"


def test_a_code_of_the_app_completes_the_sign_in(still, now):
    pool = make_pool(still)
    email, _ = pool.person()
    secret, token = enroll(pool, email, now)
    shown = pool.idp.get_user(AccessToken=token)
    assert shown["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"] and shown["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    challenge = pool.sign_in(email)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert challenge["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "phone"
    # The code that enrolled the app is spent.
    assert error_of(respond, pool, challenge, email, SOFTWARE_TOKEN_MFA_CODE=totp.code(secret, now())) == (
        "ExpiredCodeException", "Your software token has already been used once.")
    still.clock(advance="30s")
    assert error_of(respond, pool, challenge, email, SOFTWARE_TOKEN_MFA_CODE="000000") == (
        "CodeMismatchException", "Invalid code received for user")
    # A wrong code leaves the session for a better one; a right one uses it up.
    done = respond(pool, challenge, email, SOFTWARE_TOKEN_MFA_CODE=totp.code(secret, now()))
    assert done["AuthenticationResult"]["AccessToken"]
    still.clock(advance="30s")
    assert error_of(respond, pool, challenge, email, SOFTWARE_TOKEN_MFA_CODE=totp.code(secret, now())) == (
        "NotAuthorizedException", "Invalid session for the user, session can only be used once.")


def test_a_session_expires(still, now):
    pool = make_pool(still)
    email, _ = pool.person()
    secret, _ = enroll(pool, email, now)
    challenge = pool.sign_in(email)
    still.clock(advance="3m")
    assert error_of(respond, pool, challenge, email, SOFTWARE_TOKEN_MFA_CODE=totp.code(secret, now())) == (
        "NotAuthorizedException", "Invalid session for the user, session is expired.")


def test_an_app_must_be_verified_before_it_is_asked_for(still):
    pool = make_pool(still)
    email, _ = pool.person()
    token = pool.tokens(email)["AccessToken"]
    assert error_of(pool.idp.set_user_mfa_preference, AccessToken=token,
                    SoftwareTokenMfaSettings={"Enabled": True}) == (
        "InvalidParameterException", "User has not verified software token mfa")


def test_a_pool_that_insists_has_its_people_set_up_an_app(still, now):
    pool = make_pool(still, "ON")
    email, _ = pool.person()
    challenge = pool.sign_in(email)
    assert challenge["ChallengeName"] == "MFA_SETUP"
    assert "SOFTWARE_TOKEN_MFA" in json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"])
    assert error_of(respond, pool, challenge, email)[0] == "SoftwareTokenMFANotFoundException"
    made = pool.idp.associate_software_token(Session=challenge["Session"])
    verified = pool.idp.verify_software_token(Session=made["Session"],
                                              UserCode=totp.code(made["SecretCode"], now()))
    assert verified["Status"] == "SUCCESS"
    challenge["Session"] = verified["Session"]
    assert respond(pool, challenge, email)["AuthenticationResult"]["IdToken"]
    assert pool.sign_in(email)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_a_code_by_sms(still, now):
    pool = make_pool(still)
    email, sub = pool.person()
    assert error_of(pool.idp.admin_set_user_mfa_preference, UserPoolId=pool.id, Username=email,
                    SMSMfaSettings={"Enabled": True})[0] == "InvalidParameterException"
    pool.idp.admin_update_user_attributes(UserPoolId=pool.id, Username=email, UserAttributes=[
        {"Name": "phone_number", "Value": "+4915112345678"}])
    pool.idp.admin_set_user_mfa_preference(UserPoolId=pool.id, Username=email, SMSMfaSettings={"Enabled": True})
    since = len(still.lines)
    challenge = pool.sign_in(email)
    assert challenge["ChallengeName"] == "SMS_MFA"
    assert challenge["ChallengeParameters"] == {"CODE_DELIVERY_DELIVERY_MEDIUM": "SMS", "USER_ID_FOR_SRP": sub,
                                                "CODE_DELIVERY_DESTINATION": "+*******5678"}
    code = still.wait_for(r"\b(\d{6}) for \+4915112345678", since).group(1)
    wrong = "000000" if code != "000000" else "111111"
    assert error_of(respond, pool, challenge, email, SMS_MFA_CODE=wrong) == (
        "CodeMismatchException", "Invalid code or auth state for the user.")
    tokens = respond(pool, challenge, email, SMS_MFA_CODE=code)["AuthenticationResult"]
    # Whoever answers with the code has the number.
    assert jwt.get_unverified_claims(tokens["IdToken"])["phone_number_verified"] is True

    # With two factors and no preference people choose.
    token_free = {"UserPoolId": pool.id, "Username": email}
    pool.idp.admin_set_user_mfa_preference(**token_free, SMSMfaSettings={"Enabled": False})
    secret, _ = enroll(pool, email, now)
    pool.idp.admin_set_user_mfa_preference(**token_free, SMSMfaSettings={"Enabled": True},
                                           SoftwareTokenMfaSettings={"Enabled": True})
    choice = pool.sign_in(email)
    assert choice["ChallengeName"] == "SELECT_MFA_TYPE"
    assert json.loads(choice["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    challenge = respond(pool, choice, email, ANSWER="SOFTWARE_TOKEN_MFA")
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    still.clock(advance="30s")
    assert respond(pool, challenge, email,
                   SOFTWARE_TOKEN_MFA_CODE=totp.code(secret, now()))["AuthenticationResult"]


def test_a_session_of_another_challenge_is_none(still, now):
    pool = make_pool(still)
    email, _ = pool.person()
    enroll(pool, email, now)
    challenge = pool.sign_in(email)
    for name, responses in (("NEW_PASSWORD_REQUIRED", {"NEW_PASSWORD": PASSWORD}), ("SMS_MFA", {"SMS_MFA_CODE": "1"})):
        assert error_of(respond, pool, {**challenge, "ChallengeName": name}, email, **responses) == (
            "NotAuthorizedException", "Invalid session for the user.")
