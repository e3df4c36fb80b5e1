// One person's story on the hosted pages, in a browser without JavaScript. Codes from the inbox are asked of the test.
import {ask, settings, tell} from "./dialogue.mjs";
import {back, browser, look, page, press, problems} from "./hosted_browser.mjs";

const {login, authorize, logout, inbox, email, password, newPassword} = settings;

await page.goto(login);
await look("login");
const focus = await page.evaluate(() => document.activeElement.name);
await page.getByRole("link", {name: "Sign up"}).click();
await look("sign-up");
await page.getByLabel("Email").fill(email);
await page.getByLabel("Name", {exact: true}).fill("Jane <b>Doe</b>");
await page.getByLabel("Password").fill(password);
await press("Sign up");
await page.getByLabel("Confirmation code").fill("000000");
await press("Confirm");
await page.getByRole("alert").waitFor();
await look("confirm");
const code = await ask({step: "sent", focus});
await page.getByLabel("Confirmation code").fill(code);
await press("Confirm");
const first = await back();

// The session of the browser is enough now.
await page.goto(authorize);
const second = await back();
await page.goto(login);
await look("welcome-back");
await page.goto(logout);
const left = page.url();

await page.goto(login);
await page.getByLabel("Email").fill(email);
await page.getByLabel("Password").fill("Wrong-password-1");
await press("Sign in");
await page.getByRole("alert").waitFor();
await look("wrong-password");
await page.getByRole("link", {name: "Forgot your password?"}).click();
await look("forgot-password");
await page.getByLabel("Email").fill(email);
await press("Send the code");
await page.getByLabel("Code").waitFor();
await look("reset-password");
const reset = await ask({step: "reset", first, second, left});
await page.getByLabel("Code").fill(reset);
await page.getByLabel("New password", {exact: true}).fill(newPassword);
await page.getByLabel("The new password again").fill(newPassword);
await press("Change the password");
await page.getByLabel("Email").fill(email);
await page.getByLabel("Password").fill(newPassword);
await press("Sign in");
const third = await back();

await page.goto(inbox);
await look("inbox");
await page.getByLabel("Only to this address").fill(email);
await press("Show");
const letters = await page.getByRole("listitem").count();
await page.goto(login.replace("redirect_uri=http://localhost", "redirect_uri=http://elsewhere.example"));
await look("error");
const error = page.url();
await browser.close();
tell({step: "done", third, letters, error, problems});
