"""A person in a real browser: signs up with a code from the inbox, in, out, and in again after a forgotten password."""

import os
import pathlib
import shutil
import urllib.parse

import pytest
import requests
from jose import jwt

from support.node import Script, packages
from support.pools import PASSWORD, Pool

SCRIPT = pathlib.Path(__file__).with_name("hosted_pages.mjs")
EMAIL = "jane@example.com"


def newest_code(emulator):
    return requests.get(f"{emulator.url}/_fractus/inbox", params={"to": EMAIL}, timeout=10).json()["messages"][0]["code"]


def exchange(emulator, pool, url):
    """The claims of the id token for the code in that URL."""
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["code"][0]
    answer = requests.post(f"{emulator.url}/_aws/cognito-idp/oauth2/token", timeout=10, data={
        "grant_type": "authorization_code", "client_id": pool.client, "redirect_uri": "http://localhost", "code": code})
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    keys = requests.get(f"{emulator.url}/{pool.id}/.well-known/jwks.json", timeout=10).json()
    # With the access token python-jose checks at_hash too.
    return jwt.decode(tokens["id_token"], keys, algorithms=["RS256"], audience=pool.client,
                      access_token=tokens["access_token"])


def test_a_person_signs_up_and_in_with_a_browser(start, tmp_path):
    packages(playwright_core="1.56.1")
    browser = shutil.which("chromium")
    if not browser:
        pytest.fail("chromium is not installed; `make test` installs it")
    emulator = start().ready()
    pool = Pool(emulator, AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["code"],
                AllowedOAuthScopes=["openid", "email"], CallbackURLs=["http://localhost"],
                LogoutURLs=["http://localhost/bye"], SupportedIdentityProviders=["COGNITO"])
    pool.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=pool.client)
    base = f"https://{pool.client}.auth.us-east-1.amazoncognito.com"
    query = f"client_id={pool.client}&response_type=code&redirect_uri=http://localhost"
    script = Script(SCRIPT, tmp_path, proxy=emulator.url, browser=browser, email=EMAIL, password=PASSWORD,
                    newPassword="Another-horse-43", login=f"{base}/login?{query}",
                    authorize=f"{base}/oauth2/authorize?{query}",
                    logout=f"{base}/logout?client_id={pool.client}&logout_uri=http://localhost/bye",
                    inbox=f"{emulator.url}/_fractus/inbox", pictures=os.environ.get("FRACTUS_PICTURES", ""))
    assert script.read() == {"step": "sent", "focus": "username"}
    asked = script.answer(newest_code(emulator))
    assert asked["left"] == "http://localhost/bye"
    claims = exchange(emulator, pool, asked["first"])
    assert (claims["email"], claims["email_verified"]) == (EMAIL, True)
    assert exchange(emulator, pool, asked["second"])["auth_time"] == claims["auth_time"]
    done = script.answer(newest_code(emulator))
    assert exchange(emulator, pool, done["third"])["sub"] == claims["sub"]
    assert done["letters"] == 2
    assert done["error"].startswith(f"{base}/error?error=redirect_mismatch")
    # Neither a refusal of the page's own policy nor a page that is wider than a phone. That the error page has the
    # status 400 is no such problem.
    assert [text for text in done["problems"] if not text.startswith("Failed to load resource")] == []
    script.end()
