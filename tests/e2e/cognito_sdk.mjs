// One person's story with the AWS SDK for JavaScript v3, in the flows that need no SRP. Codes of an authenticator app are
// asked of the test, those of a mail come from the inbox.
import {
  AdminCreateUserCommand, AssociateSoftwareTokenCommand, CodeMismatchException, CognitoIdentityProviderClient,
  ConfirmSignUpCommand, GetTokensFromRefreshTokenCommand, GetUserCommand, InitiateAuthCommand,
  InvalidPasswordException, NotAuthorizedException, RespondToAuthChallengeCommand, RevokeTokenCommand,
  SetUserMFAPreferenceCommand, SignUpCommand, UserNotConfirmedException, UsernameExistsException,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import assert from "node:assert/strict";
import {ask, settings, tell} from "./dialogue.mjs";

const {url, pool, client, email, password} = settings;
const idp = new CognitoIdentityProviderClient({
  endpoint: url, region: "us-east-1", credentials: {accessKeyId: "test", secretAccessKey: "test"}, maxAttempts: 1});
const app = {ClientId: client};

const signIn = (Password, USERNAME = email) => idp.send(new InitiateAuthCommand(
  {...app, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: {USERNAME, PASSWORD: Password}}));
const refresh = (token) => idp.send(new InitiateAuthCommand(
  {...app, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: {REFRESH_TOKEN: token}}));
const answer = ({ChallengeName, Session}, responses, USERNAME = email) => idp.send(new RespondToAuthChallengeCommand(
  {...app, ChallengeName, Session, ChallengeResponses: {USERNAME, ...responses}}));
const codeFromInbox = async () => {
  const inbox = await fetch(`${url}/_fractus/inbox?to=${email}`);
  return (await inbox.json()).messages[0].code;
};

// Sign-up. The SDK makes an error's class of what the answer names it.
const signUp = (Password) => idp.send(new SignUpCommand(
  {...app, Username: email, Password, UserAttributes: [{Name: "name", Value: "Person"}]}));
await assert.rejects(signUp("short"), InvalidPasswordException);
const {UserConfirmed, UserSub, CodeDeliveryDetails} = await signUp(password);
assert.deepEqual([UserConfirmed, CodeDeliveryDetails.DeliveryMedium], [false, "EMAIL"]);
await assert.rejects(signUp(password), UsernameExistsException);
await assert.rejects(signIn(password), UserNotConfirmedException);
const confirm = (ConfirmationCode) => idp.send(new ConfirmSignUpCommand({...app, Username: email, ConfirmationCode}));
const code = await codeFromInbox();
await assert.rejects(confirm(code === "000000" ? "000001" : "000000"), CodeMismatchException);
await confirm(code);

// Tokens, renewed in both ways, until they are revoked.
await assert.rejects(signIn("Wrong-horse-42"), NotAuthorizedException);
const {AuthenticationResult: tokens} = await signIn(password);
assert.deepEqual([tokens.TokenType, tokens.ExpiresIn], ["Bearer", 3600]);
const getUser = (AccessToken) => idp.send(new GetUserCommand({AccessToken}));
assert.equal((await getUser(tokens.AccessToken)).Username, UserSub);
const {AuthenticationResult: renewed} = await refresh(tokens.RefreshToken);
assert.equal(renewed.RefreshToken, undefined);
const {AuthenticationResult: again} = await idp.send(
  new GetTokensFromRefreshTokenCommand({...app, RefreshToken: tokens.RefreshToken}));
assert.equal((await getUser(again.AccessToken)).Username, UserSub);
await idp.send(new RevokeTokenCommand({...app, Token: tokens.RefreshToken}));
await assert.rejects(refresh(tokens.RefreshToken), NotAuthorizedException);
await assert.rejects(getUser(again.AccessToken), NotAuthorizedException);

// An authenticator app as second factor.
const {AuthenticationResult: {AccessToken}} = await signIn(password);
const useApp = (Enabled) => idp.send(new SetUserMFAPreferenceCommand(
  {AccessToken, SoftwareTokenMfaSettings: {Enabled, PreferredMfa: Enabled}}));
await assert.rejects(useApp(true), (error) => error.name === "InvalidParameterException");
const {SecretCode} = await idp.send(new AssociateSoftwareTokenCommand({AccessToken}));
const enrolled = await idp.send(
  new VerifySoftwareTokenCommand({AccessToken, UserCode: await ask({step: "app", secret: SecretCode})}));
assert.equal(enrolled.Status, "SUCCESS");
await useApp(true);
const asked = await signIn(password);
assert.equal(asked.ChallengeName, "SOFTWARE_TOKEN_MFA");
const appCode = await ask({step: "app", secret: SecretCode});
await assert.rejects(answer(asked, {SOFTWARE_TOKEN_MFA_CODE: appCode === "000000" ? "000001" : "000000"}),
                     CodeMismatchException);
const signedIn = await answer(asked, {SOFTWARE_TOKEN_MFA_CODE: appCode});
assert.equal((await getUser(signedIn.AuthenticationResult.AccessToken)).PreferredMfaSetting, "SOFTWARE_TOKEN_MFA");

// Somebody whom an administrator made, with a password for the first time only.
const colleague = "colleague@example.com";
await idp.send(new AdminCreateUserCommand({
  UserPoolId: pool, Username: colleague, TemporaryPassword: "Temporary-42", MessageAction: "SUPPRESS",
  UserAttributes: [{Name: "email", Value: colleague}, {Name: "name", Value: "Colleague"}]}));
const first = await signIn("Temporary-42", colleague);
assert.equal(first.ChallengeName, "NEW_PASSWORD_REQUIRED");
await assert.rejects(answer(first, {NEW_PASSWORD: "short"}, colleague), InvalidPasswordException);
const {AuthenticationResult: welcome} = await answer(first, {NEW_PASSWORD: password}, colleague);
tell({step: "done", idToken: welcome.IdToken});
process.exit(0);
