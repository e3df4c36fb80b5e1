// What the hosted pages ask for besides a password: a new one, an authenticator app, codes by SMS and e-mail.
import {ask, settings, tell} from "./dialogue.mjs";
import {back, browser, look, page, press, problems} from "./hosted_browser.mjs";

const {login, logout, email, temporary, password} = settings;
const signIn = async (secret) => {
  await page.goto(logout);
  await page.goto(login);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(secret);
  await press("Sign in");
};
// Every page says what was wrong, next to where it is to be mended.
const refused = async (name) => {
  await page.getByRole("alert").waitFor();
  await look(name);
};
const enter = async (code, button = "Sign in") => {
  await page.getByLabel("Code", {exact: true}).fill(code);
  await press(button);
};
const wrong = (code) => (code === "000000" ? "000001" : "000000");

await signIn(temporary);
await look("temporary-password");
await page.getByLabel("Name", {exact: true}).fill("Jane");
await page.getByLabel("New password").fill("weak");
await press("Change the password");
await refused("weak-password");
await page.getByLabel("New password").fill(password);
await press("Change the password");

await page.getByRole("img", {name: "QR code"}).waitFor();
await look("set-up");
const secret = await page.locator(".key").textContent();
const link = await page.getByRole("link", {name: "Open it in an app on this device"}).getAttribute("href");
const first = await ask({step: "app", secret, link});
await enter(wrong(first));
await refused("set-up-wrong");
await enter(first);
await back();

await signIn(password);
await look("app-code");
const second = await ask({step: "app", secret});
await enter(wrong(second));
await refused("app-code-wrong");
await enter(second);
await back();

await ask({step: "factors"});
await signIn(password);
await look("choose");
await page.getByLabel("A code by SMS").check();
await press("Continue");
await look("sms-code");
const sms = await ask({step: "code"});
await enter(wrong(sms));
await refused("sms-code-wrong");
await enter(sms);
await back();

await signIn(password);
await page.getByLabel("A code by e-mail").check();
await press("Continue");
await look("email-code");
await enter(await ask({step: "code"}));
await back();
await browser.close();
tell({step: "done", problems});
