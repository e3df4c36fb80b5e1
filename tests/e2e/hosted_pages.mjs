// One person's story on the hosted pages, in a browser without JavaScript. Codes from the inbox are asked of the test.
import {chromium} from "playwright-core";
import {ask, settings, tell} from "./dialogue.mjs";

const {proxy, browser: executablePath, login, authorize, logout, inbox, email, password, newPassword, pictures} = settings;

// No sandbox: tests may run as root in a container. The proxy's certificates are checked by other tests.
const browser = await chromium.launch({executablePath, proxy: {server: proxy}, args: ["--no-sandbox"]});
const context = await browser.newContext({javaScriptEnabled: false, ignoreHTTPSErrors: true});
// Stands for the application that the browser is sent back to.
await context.route("http://localhost/**", (route) => route.fulfill({contentType: "text/html", body: "signed in"}));
const page = await context.newPage();
const problems = [];
page.on("console", (message) => message.type() === "error" && problems.push(message.text()));

let number = 0;
// Looks at the page in the width of a desktop and of a phone: nothing may stand out at the side.
const look = async (name) => {
  number += 1;
  for (const [kind, width, height] of [["desktop", 1280, 800], ["phone", 360, 740]]) {
    await page.setViewportSize({width, height});
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) problems.push(`${name} is ${wide} wide on a ${kind}`);
    if (pictures) await page.screenshot({path: `${pictures}/${number}-${name}-${kind}.png`, fullPage: true});
  }
  await page.setViewportSize({width: 1280, height: 800});
};
const press = (name) => page.getByRole("button", {name, exact: true}).click();
const back = async () => {
  await page.waitForURL("http://localhost/?code=*");
  return page.url();
};

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
