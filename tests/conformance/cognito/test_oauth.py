"""The OAuth 2.0 endpoints as programs see them, with requests and python-jose."""

import base64
import hashlib
import re
import urllib.parse

import pytest
import requests
from jose import jwt

from support.pools import PASSWORD, Pool

CALLBACK = "http://localhost:3000/callback"


class Site:
    """A pool with a client for the hosted pages, and a browser of sorts."""

    def __init__(self, emulator, **members):
        client = {"AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": ["code", "implicit"],
                  "AllowedOAuthScopes": ["openid", "email", "aws.cognito.signin.user.admin"],
                  "CallbackURLs": [CALLBACK], "LogoutURLs": ["http://localhost:3000/bye"]}
        client.update(members)
        self.emulator = emulator
        self.pool = Pool(emulator, **client)
        self.base = emulator.url + "/_aws/cognito-idp"
        self.session = requests.Session()
        self.session.trust_env = False

    def query(self, **changes):
        fields = {"client_id": self.pool.client, "response_type": "code", "redirect_uri": CALLBACK, "state": "s"}
        fields.update(changes)
        return {name: value for name, value in fields.items() if value is not None}

    def get(self, path, **fields):
        return self.session.get(self.base + path, params=fields, allow_redirects=False, timeout=10)

    def post(self, path, data, **options):
        return self.session.post(self.base + path, data=data, allow_redirects=False, timeout=10, **options)

    def log_in(self, email, **changes):
        """What the callback is told after a login."""
        page = self.session.get(self.base + "/login", params=self.query(**changes), timeout=10)
        csrf = re.search(r'name="_csrf" value="([^"]+)"', page.text).group(1)
        answer = self.session.post(page.url, data={"_csrf": csrf, "username": email, "password": PASSWORD},
                                   allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return told(answer)

    def exchange(self, code, **changes):
        fields = {"grant_type": "authorization_code", "client_id": self.pool.client, "redirect_uri": CALLBACK,
                  "code": code}
        fields.update(changes)
        return self.post("/oauth2/token", fields)


def told(answer):
    """The parameters that a redirect carries in its query or fragment."""
    target = urllib.parse.urlsplit(answer.headers["Location"])
    return dict(urllib.parse.parse_qsl(target.query or target.fragment))


@pytest.fixture(name="site")
def one_site(emulator):
    return Site(emulator)


def test_a_code_with_pkce_brings_tokens_that_libraries_accept(site, emulator):
    email, sub = site.pool.person()
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    reply = site.log_in(email, code_challenge=challenge, code_challenge_method="S256", nonce="n", scope="openid email")
    assert set(reply) == {"code", "state"} and reply["state"] == "s"
    assert site.exchange(reply["code"], code_verifier="w" * 50).json() == {"error": "invalid_grant"}
    reply = site.log_in(email, code_challenge=challenge, code_challenge_method="S256", nonce="n", scope="openid email",
                        prompt="login")
    answer = site.exchange(reply["code"], code_verifier=verifier)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()
    assert set(tokens) == {"id_token", "access_token", "refresh_token", "expires_in", "token_type"}
    keys = requests.get(f"{emulator.url}/{site.pool.id}/.well-known/jwks.json", timeout=10).json()
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"], audience=site.pool.client,
                        access_token=tokens["access_token"])
    assert (claims["sub"], claims["nonce"], claims["email"]) == (sub, "n", email)
    assert "at_hash" in claims and "name" not in claims
    access = jwt.decode(tokens["access_token"], keys, algorithms=["RS256"])
    assert access["scope"] == "openid email" and access["version"] == 2
    assert site.exchange(reply["code"], code_verifier=verifier).json() == {"error": "invalid_grant"}


def test_tokens_of_the_pages_work_with_the_api_if_their_scope_says_so(site):
    email, _ = site.pool.person()
    tokens = site.exchange(site.log_in(email)["code"]).json()
    assert site.pool.idp.get_user(AccessToken=tokens["access_token"])["UserAttributes"]
    tokens = site.exchange(site.log_in(email, scope="openid", prompt="login")["code"]).json()
    with pytest.raises(site.pool.idp.exceptions.NotAuthorizedException, match="required scopes"):
        site.pool.idp.get_user(AccessToken=tokens["access_token"])


def test_refresh_user_info_and_revocation(site):
    email, sub = site.pool.person()
    tokens = site.exchange(site.log_in(email, scope="openid email")["code"]).json()
    refresh = {"grant_type": "refresh_token", "client_id": site.pool.client, "refresh_token": tokens["refresh_token"]}
    fresh = site.post("/oauth2/token", refresh).json()
    assert set(fresh) == {"id_token", "access_token", "expires_in", "token_type"}
    headers = {"Authorization": "Bearer " + fresh["access_token"]}
    info = site.session.get(site.base + "/oauth2/userInfo", headers=headers, timeout=10)
    assert info.json() == {"sub": sub, "email_verified": "false", "email": email, "username": sub}
    assert site.post("/oauth2/revoke", {"client_id": site.pool.client, "token": tokens["refresh_token"]}).text == ""
    assert site.post("/oauth2/token", refresh).json() == {"error": "invalid_grant"}
    refused = site.session.get(site.base + "/oauth2/userInfo", headers=headers, timeout=10)
    assert refused.status_code == 401 and refused.json()["error"] == "invalid_token"
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_the_implicit_grant_answers_in_the_fragment(site):
    email, _ = site.pool.person()
    reply = site.log_in(email, response_type="token")
    assert set(reply) == {"id_token", "access_token", "expires_in", "token_type", "state"}


def test_client_credentials_need_a_secret_and_custom_scopes(emulator):
    site = Site(emulator, AllowedOAuthFlows=["code"])
    idp, pool = site.pool.idp, site.pool.id
    idp.create_resource_server(UserPoolId=pool, Identifier="shop", Name="shop",
                               Scopes=[{"ScopeName": "read", "ScopeDescription": "reads"}])
    client = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="machine", GenerateSecret=True, AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["shop/read"])["UserPoolClient"]
    credentials = (client["ClientId"], client["ClientSecret"])
    answer = site.post("/oauth2/token", {"grant_type": "client_credentials"}, auth=credentials)
    assert set(answer.json()) == {"access_token", "expires_in", "token_type"}
    claims = jwt.get_unverified_claims(answer.json()["access_token"])
    assert (claims["sub"], claims["client_id"], claims["scope"]) == (credentials[0], credentials[0], "shop/read")
    for scope, error in (("openid", "invalid_scope"), ("shop/write", "invalid_scope")):
        refused = site.post("/oauth2/token", {"grant_type": "client_credentials", "scope": scope}, auth=credentials)
        assert (refused.status_code, refused.json()["error"]) == (400, error)
    wrong = site.post("/oauth2/token", {"grant_type": "client_credentials"}, auth=(credentials[0], "wrong"))
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_client"})


@pytest.mark.parametrize("uri", ["http://localhost:3000/callback/", "http://localhost:3000", "http://evil.example",
                                 "//evil.example", "http://localhost:3000/callback\r\nX: y"])
def test_nobody_is_redirected_where_the_client_has_not_said(site, uri):
    for path in ("/oauth2/authorize", "/login", "/signup"):
        answer = site.get(path, **site.query(redirect_uri=uri))
        assert answer.status_code == (400 if "\n" in uri else 302)
        assert "X" not in answer.headers
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/_aws/cognito-idp/error?error=redirect_mismatch&")


@pytest.mark.parametrize("changes, error", [
    ({"response_type": "nothing"}, "invalid_request"), ({"scope": "phone"}, "invalid_scope"),
    ({"code_challenge": "x" * 43}, "invalid_request"), ({"prompt": "none"}, "login_required")])
def test_errors_are_told_to_the_client(site, changes, error):
    reply = told(site.get("/oauth2/authorize", **site.query(**changes)))
    assert (reply["error"], reply["state"]) == (error, "s")


def test_forms_from_elsewhere_are_refused(site):
    email, _ = site.pool.person()
    data = {"username": email, "password": PASSWORD}
    url = "/login?" + urllib.parse.urlencode(site.query())
    assert site.post(url, data).status_code == 403
    page = site.get("/login", **site.query())
    data["_csrf"] = re.search(r'name="_csrf" value="([^"]+)"', page.text).group(1)
    assert site.post(url, data, headers={"Origin": "http://evil.example"}).status_code == 403
    assert site.post(url, data, headers={"Origin": site.emulator.url}).status_code == 302


def test_the_domain_works_without_its_name_being_resolved(site, emulator):
    site.pool.idp.create_user_pool_domain(UserPoolId=site.pool.id, Domain="my-shop")
    for host in ("my-shop.auth.us-east-1.amazoncognito.com", "my-shop.auth.us-east-1.localhost:4566"):
        path = "/oauth2/authorize?" + urllib.parse.urlencode(site.query())
        status, headers, _ = emulator.http("GET", path, headers={"Host": host})
        assert status == 302 and headers["Location"].startswith("/login?")
    status, _, _ = emulator.http("GET", "/login", headers={"Host": "nobody.auth.us-east-1.amazoncognito.com"})
    assert status == 404


def test_what_is_sent_is_in_the_inbox(site, emulator):
    email, _ = site.pool.sign_up()
    message = requests.get(emulator.url + "/_fractus/inbox", params={"to": email}, timeout=10).json()["messages"][0]
    assert message["code"] in message["body"] and message["source"] == site.pool.id
    site.pool.idp.confirm_sign_up(ClientId=site.pool.client, Username=email, ConfirmationCode=message["code"])
    mails = requests.get(emulator.url + "/_aws/ses", timeout=10).json()["messages"]
    assert mails[-1]["Destination"]["ToAddresses"] == [email]
    page = requests.get(emulator.url + "/_fractus/inbox", headers={"Accept": "text/html"}, timeout=10)
    assert message["code"] in page.text and "<script" not in page.text
    foreign = requests.get(emulator.url + "/_fractus/inbox", headers={"Origin": "http://evil.example"}, timeout=10)
    assert foreign.status_code == 403
