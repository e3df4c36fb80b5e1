"""Remembered devices: they prove themselves by SRP, and may stand for a second factor."""

import time

import pytest

from support import srp, totp
from support.errors import error_of
from support.pools import PASSWORD, Pool

DEVICE_PASSWORD = "what the device made up"


def make_pool(emulator, **settings):
    pool = Pool(emulator, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH",
                                             "ALLOW_REFRESH_TOKEN_AUTH"])
    pool.idp.update_user_pool(UserPoolId=pool.id, AutoVerifiedAttributes=["email"],
                              DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, **settings})
    return pool


def remember(pool, answer, **members):
    """Confirms the device that a sign-in offered; (metadata, answer of ConfirmDevice)."""
    device = answer["AuthenticationResult"]["NewDeviceMetadata"]
    confirmed = pool.idp.confirm_device(
        AccessToken=answer["AuthenticationResult"]["AccessToken"], DeviceKey=device["DeviceKey"], DeviceName="laptop",
        DeviceSecretVerifierConfig=srp.verifier(device["DeviceGroupKey"], device["DeviceKey"], DEVICE_PASSWORD),
        **members)
    return device, confirmed


def prove(pool, challenge, device, password=DEVICE_PASSWORD):
    """DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER."""
    username = challenge["ChallengeParameters"]["USERNAME"]
    client = srp.Client()
    exchange = pool.idp.respond_to_auth_challenge(
        ClientId=pool.client, ChallengeName="DEVICE_SRP_AUTH", Session=challenge["Session"],
        ChallengeResponses={"USERNAME": username, "DEVICE_KEY": device["DeviceKey"], "SRP_A": client.public})
    assert exchange["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    answer = client.answer(device["DeviceGroupKey"], device["DeviceKey"], password, exchange["ChallengeParameters"])
    return pool.idp.respond_to_auth_challenge(
        ClientId=pool.client, ChallengeName="DEVICE_PASSWORD_VERIFIER", Session=exchange["Session"],
        ChallengeResponses={"USERNAME": username, "DEVICE_KEY": device["DeviceKey"], **answer})


@pytest.fixture(name="pool", scope="module")
def one_pool(emulator):
    return make_pool(emulator)


def test_a_remembered_device_proves_itself_after_the_password(pool):
    email, _ = pool.person()
    device, confirmed = remember(pool, srp.sign_in(pool, email, PASSWORD))
    assert confirmed["UserConfirmationNecessary"] is False
    challenge = srp.sign_in(pool, email, PASSWORD, DEVICE_KEY=device["DeviceKey"])
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    done = prove(pool, challenge, device)
    assert done["AuthenticationResult"]["AccessToken"] and "NewDeviceMetadata" not in done["AuthenticationResult"]


def test_a_device_that_does_not_know_its_password_is_refused(pool):
    email, _ = pool.person()
    device, _ = remember(pool, srp.sign_in(pool, email, PASSWORD))
    challenge = srp.sign_in(pool, email, PASSWORD, DEVICE_KEY=device["DeviceKey"])
    assert error_of(prove, pool, challenge, device, "a guess") == (
        "NotAuthorizedException", "Incorrect username or password.")


def test_a_refresh_token_is_good_on_its_confirmed_device_alone(pool):
    """AWS's knowledge centre names each of these cases for this message."""
    email, _ = pool.person()
    answer = srp.sign_in(pool, email, PASSWORD)
    key = answer["AuthenticationResult"]["NewDeviceMetadata"]["DeviceKey"]

    def refresh(**parameters):
        return pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={
            "REFRESH_TOKEN": answer["AuthenticationResult"]["RefreshToken"], **parameters})
    invalid = ("NotAuthorizedException", "Invalid Refresh Token")
    assert error_of(refresh, DEVICE_KEY=key) == invalid
    remember(pool, answer)
    assert error_of(refresh) == invalid
    assert error_of(refresh, DEVICE_KEY=key[:-1]) == invalid
    assert refresh(DEVICE_KEY=key)["AuthenticationResult"]["AccessToken"]
    pool.idp.admin_forget_device(UserPoolId=pool.id, Username=email, DeviceKey=key)
    assert error_of(refresh, DEVICE_KEY=key) == invalid


def test_somebody_elses_device_is_a_new_one(pool):
    email, _ = pool.person()
    device, _ = remember(pool, srp.sign_in(pool, email, PASSWORD))
    other, _ = pool.person()
    answer = srp.sign_in(pool, other, PASSWORD, DEVICE_KEY=device["DeviceKey"])
    assert answer["AuthenticationResult"]["NewDeviceMetadata"]["DeviceKey"] != device["DeviceKey"]


def test_devices_are_listed_and_forgotten(pool):
    email, _ = pool.person()
    answer = srp.sign_in(pool, email, PASSWORD)
    token = answer["AuthenticationResult"]["AccessToken"]
    # An offered device shows when it is confirmed, not before.
    assert pool.idp.list_devices(AccessToken=token)["Devices"] == []
    device, _ = remember(pool, answer)
    listed = pool.idp.list_devices(AccessToken=token)["Devices"]
    assert [entry["DeviceKey"] for entry in listed] == [device["DeviceKey"]]
    shown = pool.idp.get_device(AccessToken=token, DeviceKey=device["DeviceKey"])["Device"]
    attributes = {entry["Name"]: entry["Value"] for entry in shown["DeviceAttributes"]}
    assert attributes["device_name"] == "laptop" and attributes["device_status"] == "valid"
    named = {"UserPoolId": pool.id, "Username": email, "DeviceKey": device["DeviceKey"]}
    assert pool.idp.admin_get_device(**named)["Device"]["DeviceKey"] == device["DeviceKey"]
    pool.idp.admin_forget_device(**named)
    assert error_of(pool.idp.get_device, AccessToken=token, DeviceKey=device["DeviceKey"]) == (
        "ResourceNotFoundException", "Device does not exist.")
    answer = srp.sign_in(pool, email, PASSWORD, DEVICE_KEY=device["DeviceKey"])
    assert answer["AuthenticationResult"]["NewDeviceMetadata"]


def test_a_remembered_device_stands_for_the_second_factor(emulator):
    pool = make_pool(emulator, DeviceOnlyRememberedOnUserPrompt=True)
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL",
                                      SoftwareTokenMfaConfiguration={"Enabled": True})
    email, _ = pool.person()
    answer = srp.sign_in(pool, email, PASSWORD)
    token = answer["AuthenticationResult"]["AccessToken"]
    device, confirmed = remember(pool, answer)
    assert confirmed["UserConfirmationNecessary"] is True
    secret = pool.idp.associate_software_token(AccessToken=token)["SecretCode"]
    pool.idp.verify_software_token(AccessToken=token, UserCode=totp.code(secret, time.time() - 30))
    pool.idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})

    challenge = srp.sign_in(pool, email, PASSWORD, DEVICE_KEY=device["DeviceKey"])
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    pool.idp.update_device_status(AccessToken=token, DeviceKey=device["DeviceKey"], DeviceRememberedStatus="remembered")
    challenge = srp.sign_in(pool, email, PASSWORD, DEVICE_KEY=device["DeviceKey"])
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert prove(pool, challenge, device)["AuthenticationResult"]["AccessToken"]
