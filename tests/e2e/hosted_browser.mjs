// A browser without JavaScript on the hosted pages, at two widths.
import {chromium} from "playwright-core";
import {settings} from "./dialogue.mjs";

const {proxy, browser: executablePath, pictures} = settings;
// No sandbox: tests may run as root in a container. The proxy's certificates are checked by other tests.
export const browser = await chromium.launch({executablePath, proxy: {server: proxy}, args: ["--no-sandbox"]});
export const context = await browser.newContext({javaScriptEnabled: false, ignoreHTTPSErrors: true});
// Generous: the machine may be busy with a build.
context.setDefaultTimeout(300_000);
// Stands for the application that the browser is sent back to.
await context.route("http://localhost/**", (route) => route.fulfill({contentType: "text/html", body: "signed in"}));
export const page = await context.newPage();
export const problems = [];
page.on("console", (message) => message.type() === "error" && problems.push(message.text()));

let number = 0;
// Looks at the page in the width of a desktop and of a phone: nothing may stand out at the side.
export const look = async (name) => {
  number += 1;
  for (const [kind, width, height] of [["desktop", 1280, 800], ["phone", 360, 740]]) {
    await page.setViewportSize({width, height});
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) problems.push(`${name} is ${wide} wide on a ${kind}`);
    if (pictures) await page.screenshot({path: `${pictures}/${number}-${name}-${kind}.png`, fullPage: true});
  }
  await page.setViewportSize({width: 1280, height: 800});
};
export const press = (name) => page.getByRole("button", {name, exact: true}).click();
export const back = async () => {
  await page.waitForURL("http://localhost/?code=*");
  return page.url();
};
