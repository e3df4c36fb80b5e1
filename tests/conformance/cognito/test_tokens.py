"""Tokens: verified by a library that applications use, against the keys that the issuer publishes."""

import json
import re

import pytest
from jose import jwt

from support.errors import error_of
from support.pools import Pool

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.fixture(name="pool", scope="module")
def one_pool(emulator):
    return Pool(emulator)


@pytest.fixture(name="keys", scope="module")
def published_keys(emulator, pool):
    status, headers, body = emulator.http("GET", f"/{pool.id}/.well-known/jwks.json")
    assert status == 200 and headers["Content-Type"].startswith("application/json")
    return json.loads(body)


def issuer(pool):
    return f"https://cognito-idp.us-east-1.amazonaws.com/{pool.id}"


def test_the_published_keys_have_what_libraries_need(keys):
    for key in keys["keys"]:
        assert {name: key[name] for name in ("alg", "kty", "use", "e")} == {
            "alg": "RS256", "kty": "RSA", "use": "sig", "e": "AQAB"}
        assert key["kid"] and len(key["n"]) == 342


def test_the_id_token_has_the_claims_of_aws(pool, keys):
    email, sub = pool.person()
    tokens = pool.tokens(email)
    assert set(tokens) == {"IdToken", "AccessToken", "RefreshToken", "ExpiresIn", "TokenType"}
    claims = jwt.decode(tokens["IdToken"], keys, algorithms=["RS256"], audience=pool.client, issuer=issuer(pool))
    # at_hash must not be there: python-jose refuses such a token without the access token.
    assert set(claims) == {"sub", "email_verified", "iss", "cognito:username", "origin_jti", "aud", "event_id",
                           "token_use", "auth_time", "name", "exp", "iat", "jti", "email"}
    assert claims["sub"] == claims["cognito:username"] == sub
    assert (claims["token_use"], claims["email"], claims["name"]) == ("id", email, "Person")
    assert claims["exp"] - claims["iat"] == 3600 and claims["auth_time"] == claims["iat"]
    assert all(re.fullmatch(UUID, claims[name]) for name in ("sub", "jti", "origin_jti", "event_id"))
    assert set(jwt.get_unverified_header(tokens["IdToken"])) == {"kid", "alg"}


def test_the_access_token_has_the_claims_of_aws(pool, keys):
    email, sub = pool.person()
    claims = jwt.decode(pool.tokens(email)["AccessToken"], keys, algorithms=["RS256"], issuer=issuer(pool))
    assert set(claims) == {"sub", "iss", "client_id", "origin_jti", "event_id", "token_use", "scope", "auth_time",
                           "exp", "iat", "jti", "username"}
    assert claims["username"] == sub and claims["client_id"] == pool.client
    assert (claims["token_use"], claims["scope"]) == ("access", "aws.cognito.signin.user.admin")


def test_the_two_tokens_are_signed_with_different_keys(pool):
    tokens = pool.tokens(pool.person()[0])
    kids = {jwt.get_unverified_header(tokens[which])["kid"] for which in ("IdToken", "AccessToken")}
    assert len(kids) == 2


def test_groups_are_in_both_tokens_in_order_of_precedence(pool, keys):
    email, _ = pool.person()
    for group, precedence in (("second", 5), ("first", 0)):
        pool.idp.create_group(UserPoolId=pool.id, GroupName=group, Precedence=precedence)
        pool.idp.admin_add_user_to_group(UserPoolId=pool.id, Username=email, GroupName=group)
    tokens = pool.tokens(email)
    for which in ("IdToken", "AccessToken"):
        claims = jwt.decode(tokens[which], keys, algorithms=["RS256"], audience=pool.client)
        assert claims["cognito:groups"] == ["first", "second"]
    assert error_of(pool.idp.admin_add_user_to_group, UserPoolId=pool.id, Username=email, GroupName="none") == (
        "ResourceNotFoundException", "Group not found.")
    assert error_of(pool.idp.create_group, UserPoolId=pool.id, GroupName="first")[0] == "GroupExistsException"


def test_a_refresh_token_brings_new_tokens_but_no_new_refresh_token(pool, keys):
    email, _ = pool.person()
    first = pool.tokens(email)
    fresh = pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="REFRESH_TOKEN_AUTH",
                                   AuthParameters={"REFRESH_TOKEN": first["RefreshToken"]})["AuthenticationResult"]
    assert "RefreshToken" not in fresh
    old, new = (jwt.decode(tokens["IdToken"], keys, algorithms=["RS256"], audience=pool.client)
                for tokens in (first, fresh))
    assert old["origin_jti"] == new["origin_jti"] and old["jti"] != new["jti"]
    assert old["auth_time"] == new["auth_time"]
    assert error_of(pool.idp.initiate_auth, ClientId=pool.client, AuthFlow="REFRESH_TOKEN_AUTH",
                    AuthParameters={"REFRESH_TOKEN": "nonsense"}) == (
        "NotAuthorizedException", "Invalid Refresh Token")


def test_the_issuer_describes_itself(pool, emulator):
    status, _, body = emulator.http("GET", f"/{pool.id}/.well-known/openid-configuration")
    described = json.loads(body)
    assert status == 200
    assert described["issuer"] == issuer(pool)
    assert described["jwks_uri"] == issuer(pool) + "/.well-known/jwks.json"
    assert described["id_token_signing_alg_values_supported"] == ["RS256"]


def test_an_unknown_issuer_is_not_found(emulator):
    status, _, _ = emulator.http("GET", "/us-east-1_Nowhere00/.well-known/jwks.json")
    assert status in (400, 404)


def test_keys_of_pools_differ(pool, emulator, keys):
    other = Pool(emulator)
    _, _, body = emulator.http("GET", f"/{other.id}/.well-known/jwks.json")
    assert not {key["n"] for key in json.loads(body)["keys"]} & {key["n"] for key in keys["keys"]}
    token = other.tokens(other.person()[0])["IdToken"]
    with pytest.raises(Exception, match="(?i)signature"):
        jwt.decode(token, keys, algorithms=["RS256"], options={"verify_aud": False})
