"""Signing up, confirming, signing in: the story of one person, and everything that can go wrong in it."""

import re

import pytest

from support.errors import error_of
from support.pools import PASSWORD, Pool


@pytest.fixture(name="pool", scope="module")
def one_pool(emulator):
    return Pool(emulator)


def code_of(emulator, email, since):
    return emulator.wait_for(rf"\b(\d{{6}}) for {re.escape(email)}", since).group(1)


def test_sign_up_tells_where_the_code_goes(pool):
    _, answer = pool.sign_up("walter@example.com")
    assert answer["UserConfirmed"] is False
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer["UserSub"])
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "w***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}


def test_the_code_in_the_log_confirms(pool, emulator):
    since = len(emulator.lines)
    email, _ = pool.sign_up()
    assert error_of(pool.sign_in, email) == ("UserNotConfirmedException", "User is not confirmed.")
    code = code_of(emulator, email, since)
    wrong = "000000" if code != "000000" else "111111"
    confirm = pool.idp.confirm_sign_up
    assert error_of(confirm, ClientId=pool.client, Username=email, ConfirmationCode=wrong) == (
        "CodeMismatchException", "Invalid verification code provided, please try again.")
    confirm(ClientId=pool.client, Username=email, ConfirmationCode=code)
    assert pool.tokens(email)["TokenType"] == "Bearer"
    assert error_of(confirm, ClientId=pool.client, Username=email, ConfirmationCode=code) == (
        "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
    # Confirming by code proves the address.
    attributes = pool.idp.admin_get_user(UserPoolId=pool.id, Username=email)["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in attributes


def test_an_address_signs_up_once(pool):
    email, _ = pool.sign_up()
    assert error_of(pool.sign_up, email) == (
        "UsernameExistsException", "An account with the given email already exists.")


@pytest.mark.parametrize("password, message", [
    ("Sh0rt-x", "Password did not conform with policy: Password not long enough"),
    ("no-upper-case-1", "Password did not conform with policy: Password must have uppercase characters"),
    ("NO-LOWER-CASE-1", "Password did not conform with policy: Password must have lowercase characters"),
    ("No-numbers-here", "Password did not conform with policy: Password must have numeric characters"),
    ("NoSymbols12345", "Password did not conform with policy: Password must have symbol characters"),
])
def test_weak_passwords_are_refused(pool, password, message):
    assert error_of(pool.sign_up, None, password) == ("InvalidPasswordException", message)


def test_a_required_attribute_is_required(pool):
    code, message = error_of(pool.idp.sign_up, ClientId=pool.client, Username="nameless@example.com",
                             Password=PASSWORD)
    assert code == "InvalidParameterException" and "name" in message


def test_a_username_must_be_an_address_here(pool):
    assert error_of(pool.sign_up, "not an address")[0] == "InvalidParameterException"


def test_wrong_password_and_unknown_person_look_the_same(pool):
    email, _ = pool.person()
    wrong = ("NotAuthorizedException", "Incorrect username or password.")
    assert error_of(pool.sign_in, email, "Wrong-horse-42") == wrong
    assert error_of(pool.sign_in, "stranger@example.com") == wrong


def test_an_old_client_tells_who_does_not_exist(emulator):
    pool = Pool(emulator, PreventUserExistenceErrors="LEGACY")
    assert error_of(pool.sign_in, "stranger@example.com") == ("UserNotFoundException", "User does not exist.")


def test_a_flow_must_be_allowed(emulator):
    pool = Pool(emulator, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    email, _ = pool.person()
    assert error_of(pool.sign_in, email) == (
        "InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client")


def test_unknown_pools_and_clients(pool):
    code, message = error_of(pool.sign_in, "a@example.com", client="1" * 26)
    assert code == "ResourceNotFoundException" and "1" * 26 in message
    assert error_of(pool.idp.admin_get_user, UserPoolId="us-east-1_Nowhere00", Username="a@example.com") == (
        "ResourceNotFoundException", "User pool us-east-1_Nowhere00 does not exist.")
    assert error_of(pool.idp.admin_delete_user, UserPoolId=pool.id, Username="stranger@example.com") == (
        "UserNotFoundException", "User does not exist.")
    code, message = error_of(pool.idp.admin_get_user, UserPoolId="no underscore", Username="a")
    assert code == "InvalidParameterException" and "userPoolId" in message


def test_an_administrator_makes_people_too(pool):
    made = pool.idp.admin_create_user(
        UserPoolId=pool.id, Username="made@example.com", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "name", "Value": "Made"}, {"Name": "email", "Value": "made@example.com"}])["User"]
    assert made["UserStatus"] == "FORCE_CHANGE_PASSWORD" and made["Enabled"] is True
    # In a pool of addresses the user name is the sub.
    assert {"Name": "sub", "Value": made["Username"]} in made["Attributes"]
    challenge = pool.sign_in("made@example.com")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED" and challenge["Session"]
    assert "AuthenticationResult" not in challenge
    pool.idp.admin_set_user_password(UserPoolId=pool.id, Username="made@example.com", Password="Another-horse-7",
                                     Permanent=True)
    shown = pool.idp.admin_get_user(UserPoolId=pool.id, Username="made@example.com")
    assert shown["UserStatus"] == "CONFIRMED"
    signed = pool.idp.admin_initiate_auth(
        UserPoolId=pool.id, ClientId=pool.client, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "made@example.com", "PASSWORD": "Another-horse-7"})
    assert signed["AuthenticationResult"]["IdToken"]
    assert error_of(pool.idp.admin_create_user, UserPoolId=pool.id, Username="made@example.com") == (
        "UsernameExistsException", "An account with the given email already exists.")


def test_a_deleted_person_is_gone_and_may_come_back(pool):
    email, sub = pool.person()
    pool.idp.admin_delete_user(UserPoolId=pool.id, Username=email)
    assert error_of(pool.sign_in, email)[0] == "NotAuthorizedException"
    _, again = pool.sign_up(email)
    assert again["UserSub"] != sub


def test_people_are_listed_filtered_and_in_pages(emulator):
    pool = Pool(emulator)
    people = dict(pool.person() for _ in range(5))
    listed = pool.idp.list_users(UserPoolId=pool.id)["Users"]
    assert {user["Username"] for user in listed} == set(people.values())
    email, sub = next(iter(people.items()))
    found = pool.idp.list_users(UserPoolId=pool.id, Filter=f'email = "{email}"')["Users"]
    assert [user["Username"] for user in found] == [sub]
    first = pool.idp.list_users(UserPoolId=pool.id, Limit=3)
    rest = pool.idp.list_users(UserPoolId=pool.id, Limit=3, PaginationToken=first["PaginationToken"])
    assert {user["Username"] for user in first["Users"] + rest["Users"]} == set(people.values())


def test_the_code_is_never_in_an_answer_nor_the_password_in_the_log(pool, emulator):
    email, _ = pool.sign_up(password="Very-secret-words-1")
    code_of(emulator, email, 0)
    assert "Very-secret-words-1" not in emulator.output()


def test_the_command_line_client_signs_in(pool, emulator):
    # The workshop prints this command for its readers.
    email, _ = pool.person()
    answer = emulator.aws("cognito-idp", "initiate-auth", "--auth-flow", "USER_PASSWORD_AUTH", "--client-id",
                          pool.client, "--auth-parameters", f"USERNAME={email},PASSWORD={PASSWORD}")
    assert answer["AuthenticationResult"]["ExpiresIn"] == 3600
