"""Lambda triggers: their events have AWS's shape, and what they answer is done."""

import pytest

from support.errors import error_of
from support.pools import PASSWORD
from support.stacks import Stack
from support.triggers import Triggers


@pytest.fixture(name="triggers")
def make_triggers(emulator, name, tmp_path):
    return lambda body, *triggers, **options: Triggers(emulator, name, tmp_path, body, triggers, **options)


def claims(token):
    from jose import jwt
    return jwt.get_unverified_claims(token)


def test_presignup_gets_aws_event_and_may_confirm(triggers):
    made = triggers("if event['triggerSource'] == 'PreSignUp_SignUp':\n"
                    "    event['response'] = {'autoConfirmUser': True, 'autoVerifyEmail': True}",
                    "PreSignUp", "PostConfirmation")
    pool = made.pool
    answer = pool.idp.sign_up(ClientId=pool.client, Username="a@example.com", Password=PASSWORD,
                              UserAttributes=[{"Name": "name", "Value": "A"}],
                              ValidationData=[{"Name": "colour", "Value": "red"}], ClientMetadata={"from": "test"})
    assert answer["UserConfirmed"] is True and "CodeDeliveryDetails" not in answer
    before, after = made.events()
    assert before == {
        "version": "1", "region": "us-east-1", "userPoolId": pool.id, "userName": answer["UserSub"],
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": pool.client},
        "triggerSource": "PreSignUp_SignUp",
        "request": {"userAttributes": {"name": "A", "email": "a@example.com"}, "validationData": {"colour": "red"},
                    "clientMetadata": {"from": "test"}},
        "response": {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}}
    assert after["triggerSource"] == "PostConfirmation_ConfirmSignUp" and after["response"] == {}
    assert after["request"]["userAttributes"] == {
        "sub": answer["UserSub"], "cognito:user_status": "CONFIRMED", "name": "A", "email": "a@example.com",
        "email_verified": "true"}
    assert pool.tokens("a@example.com")["AccessToken"]


def test_what_a_trigger_raises_reaches_the_client(triggers):
    pool = triggers("raise Exception('Only staff may sign up')", "PreSignUp").pool
    assert error_of(pool.sign_up) == (
        "UserLambdaValidationException", "PreSignUp failed with error Only staff may sign up.")


def test_a_function_without_the_permission_is_not_run(triggers):
    made = triggers("pass", "PreSignUp", allowed=False)
    assert error_of(made.pool.sign_up) == (
        "UnexpectedLambdaException", "PreSignUp invocation failed due to error AccessDeniedException.")
    assert made.events() == []


def test_an_answer_that_is_no_event_is_refused(triggers):
    pool = triggers("event = 'yes'", "PreSignUp").pool
    assert error_of(pool.sign_up) == ("InvalidLambdaResponseException", "Unrecognizable lambda output")


def test_a_trigger_has_five_seconds(triggers):
    pool = triggers("import time; time.sleep(7)", "PreAuthentication").pool
    email, _ = pool.person()
    assert error_of(pool.sign_in, email) == (
        "UnexpectedLambdaException",
        "PreAuthentication invocation failed due to error Socket timeout while invoking Lambda function.")


def test_authentication_triggers_run_around_the_password(triggers):
    made = triggers("pass", "PreAuthentication", "PostAuthentication")
    pool = made.pool
    email, sub = pool.person()
    pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="USER_PASSWORD_AUTH", ClientMetadata={"a": "b"},
                           AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD})
    before, after = made.events()
    assert (before["triggerSource"], after["triggerSource"]) == (
        "PreAuthentication_Authentication", "PostAuthentication_Authentication")
    assert before["request"]["validationData"] == {"a": "b"} and before["request"]["userNotFound"] is False
    assert after["request"]["newDeviceUsed"] is False and after["userName"] == sub
    # A wrong password gets no further than the first.
    error_of(pool.sign_in, email, "Wrong-horse-42")
    assert [event["triggerSource"] for event in made.events()[2:]] == ["PreAuthentication_Authentication"]


def test_token_generation_changes_claims_and_groups(triggers):
    made = triggers(
        "event['response']['claimsOverrideDetails'] = {\n"
        "    'claimsToAddOrOverride': {'tenant': 'blue', 'sub': 'forged'}, 'claimsToSuppress': ['email'],\n"
        "    'groupOverrideDetails': {'groupsToOverride': ['a', 'b'], 'iamRolesToOverride': ['role'],\n"
        "                             'preferredRole': 'role'}}", "PreTokenGeneration")
    pool = made.pool
    email, sub = pool.person()
    tokens = pool.tokens(email)
    shown = claims(tokens["IdToken"])
    assert shown["tenant"] == "blue" and shown["sub"] == sub and "email" not in shown
    assert shown["cognito:groups"] == ["a", "b"] and shown["cognito:preferred_role"] == "role"
    assert "tenant" not in claims(tokens["AccessToken"])
    pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="REFRESH_TOKEN_AUTH",
                           AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    first, second = made.events()
    assert (first["triggerSource"], second["triggerSource"]) == (
        "TokenGeneration_Authentication", "TokenGeneration_RefreshTokens")
    assert first["request"]["groupConfiguration"] == {
        "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None}


def test_messages_are_the_triggers(triggers, emulator):
    made = triggers("event['response'].update(emailSubject='Hello', emailMessage='It is ' "
                    "+ event['request']['codeParameter'])", "CustomMessage")
    since = len(emulator.lines)
    email, _ = made.pool.sign_up()
    emulator.wait_for(rf"\b(\d{{6}}) for {email}", since)
    event = made.events()[0]
    assert event["triggerSource"] == "CustomMessage_SignUp" and event["request"]["codeParameter"] == "{####}"
    assert event["response"] == {"smsMessage": None, "emailMessage": None, "emailSubject": None}


def test_people_are_migrated_as_they_sign_in(triggers):
    made = triggers(
        "if event['request']['password'] == 'Correct-horse-42':\n"
        "    event['response'].update(userAttributes={'name': 'Old', 'email': event['userName'],\n"
        "                                             'email_verified': 'true'},\n"
        "                             finalUserStatus='CONFIRMED', messageAction='SUPPRESS')", "UserMigration")
    pool = made.pool
    assert error_of(pool.sign_in, "old@example.com", "Wrong-horse-42") == (
        "NotAuthorizedException", "Incorrect username or password.")
    assert claims(pool.tokens("old@example.com")["IdToken"])["name"] == "Old"
    assert pool.tokens("old@example.com")["AccessToken"]
    assert [event["triggerSource"] for event in made.events()] == ["UserMigration_Authentication"] * 2


CHALLENGES = """
request, response = event['request'], event['response']
if event['triggerSource'].startswith('Define'):
    passed = [entry['challengeResult'] for entry in request['session']]
    if passed[-1:] == [True]:
        response['issueTokens'] = True
    elif len(passed) < 2:
        response['challengeName'] = 'CUSTOM_CHALLENGE'
    else:
        response['failAuthentication'] = True
elif event['triggerSource'].startswith('Create'):
    response.update(publicChallengeParameters={'question': 'seven?'}, privateChallengeParameters={'answer': '7'},
                    challengeMetadata='SEVEN')
else:
    response['answerCorrect'] = request['challengeAnswer'] == request['privateChallengeParameters']['answer']
"""


def test_custom_challenges_are_asked_until_the_functions_are_content(triggers):
    made = triggers(CHALLENGES.strip(), "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse",
                    ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    pool = made.pool
    email, sub = pool.person()

    def begin():
        return pool.idp.initiate_auth(ClientId=pool.client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": email})

    def answer(challenge, text):
        return pool.idp.respond_to_auth_challenge(
            ClientId=pool.client, ChallengeName="CUSTOM_CHALLENGE", Session=challenge["Session"],
            ChallengeResponses={"USERNAME": email, "ANSWER": text})

    challenge = begin()
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert challenge["ChallengeParameters"] == {"USERNAME": sub, "question": "seven?"}
    again = answer(challenge, "8")
    assert again["ChallengeName"] == "CUSTOM_CHALLENGE" and again["Session"] != challenge["Session"]
    assert error_of(answer, challenge, "7")[0] == "NotAuthorizedException"
    assert answer(again, "7")["AuthenticationResult"]["AccessToken"]
    last = made.events()[-1]
    assert last["request"]["session"] == [
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": False, "challengeMetadata": "SEVEN"},
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "SEVEN"}]

    challenge = answer(begin(), "8")
    assert error_of(answer, challenge, "9") == ("NotAuthorizedException", "Incorrect username or password.")


def test_a_trigger_may_call_back(triggers):
    # Waiting for a handler must not keep what the handler needs.
    made = triggers("import boto3\n"
                    "idp = boto3.client('cognito-idp')\n"
                    "idp.create_group(UserPoolId=event['userPoolId'], GroupName='new')\n"
                    "idp.admin_add_user_to_group(UserPoolId=event['userPoolId'], Username=event['userName'],\n"
                    "                            GroupName='new')", "PostConfirmation")
    email, _ = made.pool.person()
    assert claims(made.pool.tokens(email)["IdToken"])["cognito:groups"] == ["new"]


def test_a_custom_sender_is_refused_by_name(triggers, emulator):
    made = triggers("pass")
    pool = made.pool
    pool.idp.update_user_pool(
        UserPoolId=pool.id, AutoVerifiedAttributes=["email"],
        LambdaConfig={"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": made.arn},
                      "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/1"})
    code, message = error_of(pool.sign_up)
    assert code == "NotImplemented" and "CustomEmailSender" in message


def test_a_sam_template_wires_its_triggers(emulator, name, tmp_path):
    # SAM's event makes the function the pool's trigger and lets the pool in.
    (tmp_path / "app.py").write_text("def handler(event, context):\n"
                                     "    event['response']['autoConfirmUser'] = True\n    return event\n")
    stack = Stack(emulator, name)
    status = stack.create({
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "People": {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": name}},
            "Api": {"Type": "AWS::Cognito::UserPoolResourceServer", "Properties": {
                "UserPoolId": {"Ref": "People"}, "Identifier": "api", "Name": "Api",
                "Scopes": [{"ScopeName": "read", "ScopeDescription": "Read"}]}},
            "App": {"Type": "AWS::Cognito::UserPoolClient", "DependsOn": "Api", "Properties": {
                "UserPoolId": {"Ref": "People"}, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
                "AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": ["code"],
                "AllowedOAuthScopes": ["api/read"], "CallbackURLs": ["http://localhost"]}},
            "Joiner": {"Type": "AWS::Serverless::Function", "Properties": {
                "Runtime": "python3.11", "Handler": "app.handler", "CodeUri": f"s3://hot-reload/{tmp_path}",
                "Events": {"Join": {"Type": "Cognito", "Properties": {
                    "UserPool": {"Ref": "People"}, "Trigger": "PreSignUp"}}}}}},
        "Outputs": {"Client": {"Value": {"Ref": "App"}}}})
    assert status == "CREATE_COMPLETE", stack.reasons()
    answer = emulator.client("cognito-idp").sign_up(ClientId=stack.outputs()["Client"], Username="jane",
                                                    Password=PASSWORD)
    assert answer["UserConfirmed"] is True
