"""Resource servers and identity providers: made, shown, changed, listed and gone."""

import pytest

from support.errors import error_of
from support.pools import Pool


@pytest.fixture(name="pool", scope="module")
def one_pool(emulator):
    return Pool(emulator)


def test_a_resource_server_and_its_scopes(pool):
    scopes = [{"ScopeName": "read", "ScopeDescription": "Read all"}]
    made = pool.idp.create_resource_server(UserPoolId=pool.id, Identifier="https://api", Name="Api", Scopes=scopes)
    expected = {"UserPoolId": pool.id, "Identifier": "https://api", "Name": "Api", "Scopes": scopes}
    assert made["ResourceServer"] == expected
    named = {"UserPoolId": pool.id, "Identifier": "https://api"}
    assert pool.idp.describe_resource_server(**named)["ResourceServer"] == expected
    assert pool.idp.list_resource_servers(UserPoolId=pool.id, MaxResults=5)["ResourceServers"] == [expected]
    client = {"UserPoolId": pool.id, "ClientName": "scoped", "AllowedOAuthFlows": ["client_credentials"],
              "AllowedOAuthFlowsUserPoolClient": True, "GenerateSecret": True}
    assert pool.idp.create_user_pool_client(**client, AllowedOAuthScopes=["https://api/read"])
    assert error_of(pool.idp.create_user_pool_client, **client, AllowedOAuthScopes=["https://api/write"]) == (
        "ScopeDoesNotExistException", "Invalid scope requested: https://api/write")
    pool.idp.update_resource_server(**named, Name="Renamed")
    assert pool.idp.describe_resource_server(**named)["ResourceServer"]["Name"] == "Renamed"
    pool.idp.delete_resource_server(**named)
    assert error_of(pool.idp.describe_resource_server, **named)[0] == "ResourceNotFoundException"


def test_an_identity_provider_is_kept(pool):
    details = {"client_id": "a", "client_secret": "b", "authorize_scopes": "openid email"}
    named = {"UserPoolId": pool.id, "ProviderName": "Google"}
    made = pool.idp.create_identity_provider(**named, ProviderType="Google", ProviderDetails=details,
                                             AttributeMapping={"email": "email"}, IdpIdentifiers=["goo"])
    assert made["IdentityProvider"]["ProviderDetails"] == details
    assert error_of(pool.idp.create_identity_provider, **named, ProviderType="Google",
                    ProviderDetails=details)[0] == "DuplicateProviderException"
    shown = pool.idp.get_identity_provider_by_identifier(UserPoolId=pool.id, IdpIdentifier="goo")
    assert shown["IdentityProvider"]["ProviderName"] == "Google"
    listed = pool.idp.list_identity_providers(UserPoolId=pool.id)["Providers"]
    assert [provider["ProviderName"] for provider in listed] == ["Google"]
    # A client may name what is there.
    pool.idp.create_user_pool_client(UserPoolId=pool.id, ClientName="social",
                                     SupportedIdentityProviders=["COGNITO", "Google"])
    pool.idp.update_identity_provider(**named, AttributeMapping={"name": "name"})
    assert pool.idp.describe_identity_provider(**named)["IdentityProvider"]["AttributeMapping"] == {"name": "name"}
    pool.idp.delete_identity_provider(**named)
    assert error_of(pool.idp.describe_identity_provider, **named)[0] == "ResourceNotFoundException"
