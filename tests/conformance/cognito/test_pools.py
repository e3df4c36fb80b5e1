"""Pools, clients, domains and groups: what is made comes back when it is described."""

import re

import pytest

from support.errors import error_of


@pytest.fixture(name="idp")
def client(emulator):
    return emulator.client("cognito-idp")


def test_a_pool_is_described_as_it_was_made(idp):
    made = idp.create_user_pool(
        PoolName="described", AutoVerifiedAttributes=["email"], UsernameAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 12, "RequireSymbols": False}},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True}, UserPoolTags={"Key": "Name"})["UserPool"]
    assert re.fullmatch(r"us-east-1_[A-Za-z0-9]{9}", made["Id"])
    assert made["Arn"] == f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{made['Id']}"
    shown = idp.describe_user_pool(UserPoolId=made["Id"])["UserPool"]
    assert shown["Name"] == "described" and shown["AutoVerifiedAttributes"] == ["email"]
    assert shown["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert shown["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert shown["UserPoolTags"] == {"Key": "Name"}
    names = {attribute["Name"] for attribute in shown["SchemaAttributes"]}
    assert {"sub", "email", "name", "phone_number", "updated_at"} <= names
    assert "described" in {pool["Name"] for pool in idp.list_user_pools(MaxResults=60)["UserPools"]}
    idp.delete_user_pool(UserPoolId=made["Id"])
    assert error_of(idp.describe_user_pool, UserPoolId=made["Id"]) == (
        "ResourceNotFoundException", f"User pool {made['Id']} does not exist.")


def test_a_client_is_described_as_it_was_made(idp):
    pool = idp.create_user_pool(PoolName="clients")["UserPool"]["Id"]
    made = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="app", GenerateSecret=True, RefreshTokenValidity=30,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], CallbackURLs=["http://localhost"],
        AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["code"], AllowedOAuthScopes=["openid"],
        SupportedIdentityProviders=["COGNITO"])["UserPoolClient"]
    assert re.fullmatch(r"[a-z0-9]{26}", made["ClientId"]) and made["ClientSecret"]
    shown = idp.describe_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])["UserPoolClient"]
    assert shown["ClientName"] == "app" and shown["CallbackURLs"] == ["http://localhost"]
    assert shown["AllowedOAuthFlows"] == ["code"] and shown["RefreshTokenValidity"] == 30
    idp.delete_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])
    assert error_of(idp.describe_user_pool_client, UserPoolId=pool, ClientId=made["ClientId"])[0] == (
        "ResourceNotFoundException")


def test_a_client_with_a_secret_wants_its_hash(idp):
    pool = idp.create_user_pool(PoolName="secrets")["UserPool"]["Id"]
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName="app", GenerateSecret=True,
                                       ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]
    code, message = error_of(idp.initiate_auth, ClientId=made["ClientId"], AuthFlow="USER_PASSWORD_AUTH",
                             AuthParameters={"USERNAME": "somebody", "PASSWORD": "x"})
    assert code == "NotAuthorizedException"
    assert message == f"Client {made['ClientId']} is configured with secret but SECRET_HASH was not received"


def test_a_domain_belongs_to_one_pool(idp, name):
    pool = idp.create_user_pool(PoolName="domains")["UserPool"]["Id"]
    idp.create_user_pool_domain(Domain=name, UserPoolId=pool)
    shown = idp.describe_user_pool_domain(Domain=name)["DomainDescription"]
    assert (shown["UserPoolId"], shown["Status"]) == (pool, "ACTIVE")
    other = idp.create_user_pool(PoolName="domains 2")["UserPool"]["Id"]
    assert error_of(idp.create_user_pool_domain, Domain=name, UserPoolId=other)[0] == "InvalidParameterException"
