"""The sample application with handlers in C++: the same story, the same answers."""

import pathlib

import pytest

from support import apis
from support.emulator import binary


@pytest.fixture(name="api", scope="module")
def deployed_api(emulator):
    folder = pathlib.Path(binary()).parent / "fixtures" / "users-native"
    assert (folder / "libusers.so").is_file(), "the build makes it: target users_native"
    outputs = apis.deploy(emulator, folder, "users-native")
    return apis.Api(emulator, outputs["ApiUrl"].split("//")[1].split(".")[0]), outputs


def test_the_story_is_the_same_as_in_python(emulator, api):
    api, outputs = api
    idp = emulator.client("cognito-idp")
    email, password = "grace@example.com", "Correct-horse-42"
    sub = idp.sign_up(ClientId=outputs["UserPoolClientId"], Username=email, Password=password,
                      UserAttributes=[{"Name": "name", "Value": "Grace"}])["UserSub"]
    idp.admin_confirm_sign_up(UserPoolId=outputs["UserPoolId"], Username=email)

    def token():
        return idp.initiate_auth(ClientId=outputs["UserPoolClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
            "USERNAME": email, "PASSWORD": password})["AuthenticationResult"]["IdToken"]

    def authorized(verb, path, body=None):
        status, _, answer = api.call(verb, path, body, {"Authorization": mine})
        return status, answer

    mine = token()
    assert api.get("/users")[0] == 401
    for bad in ("nonsense", mine[:-8] + "AAAAAAAA", mine.replace(".", "")):
        assert api.get("/users", bad)[0] == 401
    assert authorized("GET", "/users")[0] == 403
    assert authorized("GET", "/users/somebody-else")[0] == 403
    assert authorized("GET", f"/users/{sub}") == (200, {})
    status, stored = authorized("PUT", f"/users/{sub}", '{"name": "Grace", "n": 1.5, "l": [1, null, {"a": true}]}')
    assert status == 200 and stored["userid"] == sub
    assert authorized("GET", f"/users/{sub}") == (200, stored)
    assert authorized("PUT", f"/users/{sub}", "no json")[0] == 400

    idp.admin_add_user_to_group(UserPoolId=outputs["UserPoolId"], Username=email, GroupName=outputs["AdminGroup"])
    mine = token()
    status, made = authorized("POST", "/users", '{"name": "Ada"}')
    assert status == 200 and made["userid"]
    status, everybody = authorized("GET", "/users")
    assert status == 200 and {user["name"] for user in everybody} == {"Grace", "Ada"}
    assert authorized("DELETE", f"/users/{made['userid']}") == (200, {})
    assert len(authorized("GET", "/users")[1]) == 1


def test_they_ran_in_process(emulator, api):
    assert "UsersFunction" in emulator.wait_for(r"users-native-UsersFunction\S*: loaded in process").string
