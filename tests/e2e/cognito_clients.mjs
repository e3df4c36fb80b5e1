// One person's story with the JavaScript clients that web applications use. What only a person can know (a code from a
// mail, a code of an authenticator app) is asked of the test.
import {AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool} from "amazon-cognito-identity-js";
import {CognitoJwtVerifier} from "aws-jwt-verify";
import {ask, settings, tell} from "./dialogue.mjs";

const {url, pool, client, email, password} = settings;

const userPool = new CognitoUserPool({UserPoolId: pool, ClientId: client, endpoint: url});
const person = () => new CognitoUser({Username: email, Pool: userPool});
const callback = (run) =>
  new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));

const signIn = (user, secret, answerCode) =>
  new Promise((resolve, reject) => {
    const handlers = {
      onSuccess: resolve,
      onFailure: reject,
      totpRequired: async () => user.sendMFACode(await answerCode(), handlers, "SOFTWARE_TOKEN_MFA"),
    };
    user.authenticateUser(new AuthenticationDetails({Username: email, Password: secret}), handlers);
  });

const signedUp = await callback((done) => userPool.signUp(
  email, password, [new CognitoUserAttribute({Name: "name", Value: "Person"})], null, done));
const code = await ask({step: "signed up", sub: signedUp.userSub});
await callback((done) => person().confirmRegistration(code, true, done));

const refusal = await signIn(person(), "Wrong-horse-42").catch((error) => error);
const user = person();
const session = await signIn(user, password);
const jwks = await ask({step: "signed in", refusal: [refusal.name, refusal.message]});

// The same checks as a service would do, with the keys that the issuer publishes.
const claims = {};
for (const [tokenUse, token] of [["id", session.getIdToken()], ["access", session.getAccessToken()]]) {
  const verifier = CognitoJwtVerifier.create({userPoolId: pool, tokenUse, clientId: client});
  verifier.cacheJwks(jwks);
  claims[tokenUse] = await verifier.verify(token.getJwtToken());
}
await ask({step: "verified", sub: claims.id.sub, username: claims.access.username});

const refreshed = await callback((done) => user.refreshSession(session.getRefreshToken(), done));
await callback((done) => user.changePassword(password, password + "-new", done));
const attributes = await callback((done) => user.getUserAttributes(done));
await ask({step: "changed", fresh: refreshed.getAccessToken().getJwtToken() !== session.getAccessToken().getJwtToken(),
           names: attributes.map((attribute) => attribute.getName())});

const secret = await new Promise((resolve, reject) =>
  user.associateSoftwareToken({associateSecretCode: resolve, onFailure: reject}));
const first = await ask({step: "associated", secret});
await new Promise((resolve, reject) =>
  user.verifySoftwareToken(first, "phone", {onSuccess: resolve, onFailure: reject}));
await callback((done) => user.setUserMfaPreference(null, {PreferredMfa: true, Enabled: true}, done));
const again = await signIn(person(), password + "-new", () => ask({step: "app asked for"}));
await callback((done) => {
  const signedIn = person();
  signedIn.setSignInUserSession(again);
  signedIn.globalSignOut({onSuccess: (value) => done(null, value), onFailure: done});
});
tell({step: "done"});
process.exit(0);
