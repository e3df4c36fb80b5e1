"""Codes: they expire on the clock, guessing them is limited, and addresses change only when they are proven."""

import pytest

from support.emulator import Emulator
from support.errors import error_of
from support.pools import PASSWORD, Pool

LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
MISMATCH = ("CodeMismatchException", "Invalid verification code provided, please try again.")


@pytest.fixture(name="still", scope="module")
def emulator_with_a_clock_that_stands(tmp_path_factory):
    running = Emulator(tmp_path_factory.mktemp("codes"), "--clock", "2026-01-01T00:00:00Z").ready()
    running.clock(freeze=True)
    yield running
    running.kill()


def code_of(emulator, address, since):
    return emulator.wait_for(rf"\b(\d{{6}}) for {address.replace('+', '[+]')}", since).group(1)


def other(code):
    return "000000" if code != "000000" else "111111"


def proven_person(pool):
    email, _ = pool.person()
    pool.idp.admin_update_user_attributes(UserPoolId=pool.id, Username=email,
                                          UserAttributes=[{"Name": "email_verified", "Value": "true"}])
    return email


def test_guessing_a_code_is_limited(still):
    pool = Pool(still)
    since = len(still.lines)
    email, _ = pool.sign_up()
    code = code_of(still, email, since)

    def confirm(text):
        return pool.idp.confirm_sign_up(ClientId=pool.client, Username=email, ConfirmationCode=text)
    for _ in range(5):
        assert error_of(confirm, other(code)) == MISMATCH
    # Not even the right one, until an hour has passed.
    assert error_of(confirm, code) == LIMIT
    still.clock(advance="1h")
    confirm(code)


def test_a_code_expires(still):
    pool = Pool(still)
    since = len(still.lines)
    email, _ = pool.sign_up()
    code = code_of(still, email, since)
    still.clock(advance="24h")
    assert error_of(pool.idp.confirm_sign_up, ClientId=pool.client, Username=email, ConfirmationCode=code) == (
        "ExpiredCodeException", "Invalid code provided, please request a code again.")


def test_a_forgotten_password_is_replaced(still):
    pool = Pool(still)
    email = proven_person(pool)
    since = len(still.lines)
    told = pool.idp.forgot_password(ClientId=pool.client, Username=email)["CodeDeliveryDetails"]
    assert told == {"Destination": "p***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    code = code_of(still, email, since)

    def replace(text, password="Another-horse-7"):
        return pool.idp.confirm_forgot_password(ClientId=pool.client, Username=email, ConfirmationCode=text,
                                                Password=password)
    assert error_of(replace, code, "short")[0] == "InvalidPasswordException"
    assert error_of(replace, other(code)) == MISMATCH
    replace(code)
    assert error_of(replace, code)[0] == "ExpiredCodeException"
    assert error_of(pool.sign_in, email)[0] == "NotAuthorizedException"
    assert pool.sign_in(email, "Another-horse-7")["AuthenticationResult"]


def test_nobody_is_told_a_password_like_somebody(still):
    pool = Pool(still)
    told = pool.idp.forgot_password(ClientId=pool.client, Username="nobody@example.com")["CodeDeliveryDetails"]
    assert told == {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    assert error_of(pool.idp.confirm_forgot_password, ClientId=pool.client, Username="nobody@example.com",
                    ConfirmationCode="123456", Password=PASSWORD) == MISMATCH


def test_an_address_changes_when_it_is_proven(still):
    pool = Pool(still)
    pool.idp.update_user_pool(
        UserPoolId=pool.id, AutoVerifiedAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]})
    email = proven_person(pool)
    token = pool.tokens(email)["AccessToken"]
    since = len(still.lines)
    new = "new-" + email
    told = pool.idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": new}])
    assert told["CodeDeliveryDetailsList"] == [
        {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}]

    def shown():
        found = pool.idp.get_user(AccessToken=token)["UserAttributes"]
        return {entry["Name"]: entry["Value"] for entry in found}
    assert (shown()["email"], shown()["email_verified"]) == (email, "true")
    assert error_of(pool.sign_in, new)[0] == "NotAuthorizedException"
    pool.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code_of(still, new, since))
    assert (shown()["email"], shown()["email_verified"]) == (new, "true")
    assert pool.tokens(new)["AccessToken"]


def test_an_address_that_changes_at_once_is_unproven(still):
    pool = Pool(still)
    email = proven_person(pool)
    token = pool.tokens(email)["AccessToken"]
    since = len(still.lines)
    pool.idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": "b-" + email}])
    found = {entry["Name"]: entry["Value"] for entry in pool.idp.get_user(AccessToken=token)["UserAttributes"]}
    assert (found["email"], found["email_verified"]) == ("b-" + email, "false")
    pool.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code_of(still, "b-" + email, since))


def test_an_administrator_resets_a_password(still):
    pool = Pool(still)
    email = proven_person(pool)
    since = len(still.lines)
    pool.idp.admin_reset_user_password(UserPoolId=pool.id, Username=email)
    assert error_of(pool.sign_in, email) == ("PasswordResetRequiredException", "Password reset required for the user")
    pool.idp.confirm_forgot_password(ClientId=pool.client, Username=email, Password=PASSWORD,
                                     ConfirmationCode=code_of(still, email, since))
    assert pool.tokens(email)["AccessToken"]


def test_signing_out_everywhere_ends_every_token(still):
    pool = Pool(still)
    email = proven_person(pool)
    first, second = pool.tokens(email), pool.tokens(email)

    def refresh(tokens):
        return pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="REFRESH_TOKEN_AUTH",
                                      AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    # Revoking ends one session.
    pool.idp.revoke_token(ClientId=pool.client, Token=first["RefreshToken"])
    assert error_of(refresh, first) == ("NotAuthorizedException", "Refresh Token has been revoked")
    assert error_of(pool.idp.get_user, AccessToken=first["AccessToken"]) == (
        "NotAuthorizedException", "Access Token has been revoked")
    assert refresh(second)["AuthenticationResult"]
    pool.idp.admin_user_global_sign_out(UserPoolId=pool.id, Username=email)
    assert error_of(refresh, second)[0] == "NotAuthorizedException"
    third = pool.tokens(email)
    pool.idp.global_sign_out(AccessToken=third["AccessToken"])
    assert error_of(pool.idp.get_user, AccessToken=third["AccessToken"])[0] == "NotAuthorizedException"
