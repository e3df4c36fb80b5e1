"""A person in a real browser: signs up with a code from the inbox, in, out, and in again after a forgotten password."""

import datetime
import os
import pathlib
import shutil
import urllib.parse

import pytest
import requests
from jose import jwt

from support import totp
from support.node import Script, packages
from support.pools import PASSWORD, Pool

FOLDER = pathlib.Path(__file__).parent
EMAIL = "jane@example.com"


def newest_code(emulator):
    """Of anybody: these emulators have one person only."""
    return requests.get(f"{emulator.url}/_fractus/inbox", timeout=10).json()["messages"][0]["code"]


def browse(name, folder, emulator, pool, **settings):
    """A script in a browser without JavaScript, with the addresses of the pool's hosted pages."""
    packages(playwright_core="1.56.1")
    browser = shutil.which("chromium")
    if not browser:
        pytest.fail("chromium is not installed; `make test` installs it")
    pool.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=pool.client)
    base = f"https://{pool.client}.auth.us-east-1.amazoncognito.com"
    query = f"client_id={pool.client}&response_type=code&redirect_uri=http://localhost"
    return Script(FOLDER / name, folder, proxy=emulator.url, browser=browser, email=EMAIL, password=PASSWORD,
                  login=f"{base}/login?{query}", authorize=f"{base}/oauth2/authorize?{query}",
                  logout=f"{base}/logout?client_id={pool.client}&logout_uri=http://localhost/bye",
                  inbox=f"{emulator.url}/_fractus/inbox", pictures=os.environ.get("FRACTUS_PICTURES", ""), **settings)


def web_pool(emulator):
    return Pool(emulator, AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["code"],
                AllowedOAuthScopes=["openid", "email"], CallbackURLs=["http://localhost"],
                LogoutURLs=["http://localhost/bye"], SupportedIdentityProviders=["COGNITO"])


def offer_codes(emulator, pool):
    """SMS and e-mail beside the app, none of them preferred; Debian's boto3 does not know e-mail yet."""
    pool.idp.admin_update_user_attributes(UserPoolId=pool.id, Username=EMAIL,
                                          UserAttributes=[{"Name": "phone_number", "Value": "+15550100"}])
    role = "arn:aws:iam::000000000000:role/sms"
    for operation, members in (
            ("SetUserPoolMfaConfig", {
                "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True},
                "SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": role}}, "EmailMfaConfiguration": {}}),
            ("AdminSetUserMFAPreference", {
                "Username": EMAIL, "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": False},
                "SMSMfaSettings": {"Enabled": True}, "EmailMfaSettings": {"Enabled": True}})):
        status, _, body = emulator.call("AWSCognitoIdentityProviderService." + operation,
                                        {"UserPoolId": pool.id, **members}, version="1.1", service="cognito-idp")
        assert status == 200, body


def real(problems):
    """Refusals of the page's own policy, and pages that are wider than a phone; that a page has an error's status is no
    such problem."""
    return [text for text in problems if not text.startswith("Failed to load resource")]


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
    emulator = start().ready()
    pool = web_pool(emulator)
    script = browse("hosted_pages.mjs", tmp_path, emulator, pool, newPassword="Another-horse-43")
    assert script.read() == {"step": "sent", "focus": "username"}
    asked = script.answer(newest_code(emulator))
    assert asked["left"] == "http://localhost/bye"
    claims = exchange(emulator, pool, asked["first"])
    assert (claims["email"], claims["email_verified"]) == (EMAIL, True)
    assert exchange(emulator, pool, asked["second"])["auth_time"] == claims["auth_time"]
    done = script.answer(newest_code(emulator))
    assert exchange(emulator, pool, done["third"])["sub"] == claims["sub"]
    assert done["letters"] == 2
    assert ".amazoncognito.com/error?error=redirect_mismatch" in done["error"]
    assert real(done["problems"]) == []
    script.end()


def test_a_person_proves_more_than_a_password_in_a_browser(start, tmp_path):
    """Every page that a challenge can show, each once with a wrong answer."""
    emulator = start().ready()
    # However slow the browser is: no session grows old.
    emulator.clock(freeze=True)
    pool = web_pool(emulator)
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="ON",
                                      SoftwareTokenMfaConfiguration={"Enabled": True})
    pool.idp.admin_create_user(UserPoolId=pool.id, Username=EMAIL, TemporaryPassword="Temporary-42",
                               MessageAction="SUPPRESS", UserAttributes=[{"Name": "email", "Value": EMAIL}])
    script = browse("hosted_challenges.mjs", tmp_path, emulator, pool, temporary="Temporary-42")
    said = script.read()
    while said["step"] != "done":
        # A code of the app is good once: each is of half a minute of its own.
        now = emulator.clock(advance="30s")["now"]
        if said["step"] == "app":
            at = datetime.datetime.fromisoformat(now.replace("Z", "+00:00")).timestamp()
            said = script.answer(totp.code(said["secret"], at))
        elif said["step"] == "factors":
            offer_codes(emulator, pool)
            said = script.answer(None)
        else:
            said = script.answer(newest_code(emulator))
    assert real(said["problems"]) == []
    script.end()
