"""USER_SRP_AUTH with a client of its own: a right proof signs in, everything else does not."""

import pytest

from support import srp
from support.errors import error_of
from support.pools import PASSWORD, Pool

FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
WRONG = ("NotAuthorizedException", "Incorrect username or password.")


@pytest.fixture(name="pool", scope="module")
def one_pool(emulator):
    return Pool(emulator, ExplicitAuthFlows=FLOWS)


def test_a_right_proof_gives_tokens(pool):
    email, sub = pool.person()
    answer = srp.sign_in(pool, email, PASSWORD)
    assert set(answer["AuthenticationResult"]) == {"AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType"}
    assert pool.idp.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])["Username"] == sub


def test_the_challenge_has_the_parameters_of_aws_and_no_session(pool):
    email, sub = pool.person()
    challenge = pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="USER_SRP_AUTH",
                                       AuthParameters={"USERNAME": email, "SRP_A": srp.Client().public})
    assert set(challenge["ChallengeParameters"]) == {"SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"}
    assert challenge["ChallengeParameters"]["USER_ID_FOR_SRP"] == sub
    assert "Session" not in challenge


def test_a_wrong_password_is_refused(pool):
    email, _ = pool.person()
    assert error_of(srp.sign_in, pool, email, "Wrong-horse-42") == WRONG


def test_somebody_who_does_not_exist_looks_like_somebody(pool):
    client = srp.Client()
    shown = [pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="USER_SRP_AUTH",
                                    AuthParameters={"USERNAME": "nobody@example.com", "SRP_A": client.public}
                                    )["ChallengeParameters"] for _ in range(2)]
    assert shown[0]["SALT"] == shown[1]["SALT"] and shown[0]["SRP_B"] != shown[1]["SRP_B"]
    assert len(shown[0]["USER_ID_FOR_SRP"]) == 36 and shown[0]["USER_ID_FOR_SRP"] == shown[1]["USER_ID_FOR_SRP"]
    assert error_of(srp.sign_in, pool, "nobody@example.com", PASSWORD) == WRONG


def test_a_proof_is_good_once(pool):
    email, _ = pool.person()
    client = srp.Client()
    shown = pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="USER_SRP_AUTH",
                                   AuthParameters={"USERNAME": email, "SRP_A": client.public})["ChallengeParameters"]
    user = shown["USER_ID_FOR_SRP"]
    responses = {"USERNAME": user, **client.answer(pool.id.split("_")[1], user, PASSWORD, shown)}

    def respond():
        return pool.idp.respond_to_auth_challenge(ClientId=pool.client, ChallengeName="PASSWORD_VERIFIER",
                                                  ChallengeResponses=responses)
    assert respond()["AuthenticationResult"]
    assert error_of(respond)[0] == "NotAuthorizedException"


# A zero in the group would make the key known to everybody.
@pytest.mark.parametrize("public", ["0", f"{srp.PRIME:x}", f"{2 * srp.PRIME:x}", "not hexadecimal"])
def test_values_that_prove_nothing_are_refused(pool, public):
    email, _ = pool.person()
    assert error_of(pool.idp.initiate_auth, ClientId=pool.client, AuthFlow="USER_SRP_AUTH",
                    AuthParameters={"USERNAME": email, "SRP_A": public})[0] == "InvalidParameterException"


def test_a_timestamp_is_written_as_java_writes_it(pool):
    email, _ = pool.person()
    client = srp.Client()
    shown = pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="USER_SRP_AUTH",
                                   AuthParameters={"USERNAME": email, "SRP_A": client.public})["ChallengeParameters"]
    user = shown["USER_ID_FOR_SRP"]
    answer = client.answer(pool.id.split("_")[1], user, PASSWORD, shown, timestamp="2026-01-01T00:00:00Z")
    assert error_of(pool.idp.respond_to_auth_challenge, ClientId=pool.client, ChallengeName="PASSWORD_VERIFIER",
                    ChallengeResponses={"USERNAME": user, **answer}) == (
        "InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")


def test_a_changed_password_changes_the_proof(pool):
    email, _ = pool.person()
    token = pool.tokens(email)["AccessToken"]
    pool.idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Another-horse-7")
    assert error_of(srp.sign_in, pool, email, PASSWORD) == WRONG
    assert srp.sign_in(pool, email, "Another-horse-7")["AuthenticationResult"]


def test_a_temporary_password_is_proven_too(pool):
    pool.idp.admin_create_user(
        UserPoolId=pool.id, Username="invited@example.com", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "name", "Value": "Invited"}, {"Name": "email", "Value": "invited@example.com"}])
    challenge = srp.sign_in(pool, "invited@example.com", PASSWORD)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    done = pool.idp.respond_to_auth_challenge(
        ClientId=pool.client, ChallengeName="NEW_PASSWORD_REQUIRED", Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "invited@example.com", "NEW_PASSWORD": "Another-horse-7"})
    assert done["AuthenticationResult"]
    assert srp.sign_in(pool, "invited@example.com", "Another-horse-7")["AuthenticationResult"]


def test_too_many_wrong_passwords_lock_for_a_while(start):
    emulator = start("--clock", "2026-01-01T00:00:00Z").ready()
    emulator.clock(freeze=True)
    pool = Pool(emulator, ExplicitAuthFlows=FLOWS)
    email, _ = pool.person()
    for _ in range(5):
        assert error_of(pool.sign_in, email, "Wrong-horse-42") == WRONG
    locked = ("NotAuthorizedException", "Password attempts exceeded")
    assert error_of(pool.sign_in, email) == locked
    assert error_of(srp.sign_in, pool, email, PASSWORD) == locked
    emulator.clock(advance="1s")
    # The lock grows with each wrong one after it, and is gone after a right one.
    assert error_of(pool.sign_in, email, "Wrong-horse-42") == WRONG
    emulator.clock(advance="1s")
    assert error_of(pool.sign_in, email) == locked
    emulator.clock(advance="1s")
    assert pool.tokens(email)["AccessToken"]
    assert error_of(pool.sign_in, email, "Wrong-horse-42") == WRONG
    assert pool.tokens(email)["AccessToken"]
