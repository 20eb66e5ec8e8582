// `node scripts/picture.mjs`: makes www/static/flow.png, the README's picture. The demo and the popup are photographed in
// one real flow against the sandbox, and put side by side the way a user sees them.
import { readFileSync, writeFileSync } from "node:fs";
import { launchChromium } from "./lib/browsers.mjs";
import { inRoot } from "./lib/paths.mjs";
import { Failure, main } from "./lib/run.mjs";
import { buildSite } from "./www.mjs";
import { startSandbox } from "./lib/sandbox.mjs";

const target = inRoot("www", "static", "flow.png");
const limit = 200 * 1024;

/** The demo's page and the window that a click on it opened, at the moment at which the user is asked for consent. */
async function photograph(browser, app) {
  const context = await browser.newContext({ viewport: { width: 1180, height: 872 }, colorScheme: "light" });
  const page = await context.newPage();
  await page.goto(app);
  await page.getByRole("checkbox", { name: "github" }).uncheck();
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const popup = await opened;
  await popup.setViewportSize({ width: 500, height: 676 });
  await popup.getByRole("button", { name: "Google" }).click();
  await popup.getByRole("button", { name: "Continue as Alice Anders" }).click();
  await popup.getByRole("button", { name: "Allow" }).waitFor();
  const pictures = [await page.screenshot(), await popup.screenshot()];
  const addresses = [page.url(), popup.url()].map((url) => new URL(url).hostname);
  await context.close();
  return pictures.map((picture, index) => ({ picture: `data:image/png;base64,${picture.toString("base64")}`, address: addresses[index] }));
}

const frame = ({ picture, address }, name) => `<figure class="${name}"><figcaption><i></i><i></i><i></i><span>${address}</span></figcaption><img src="${picture}" alt=""></figure>`;

/** Both windows on one background, the popup over the page. */
async function compose(browser, [page, popup]) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 985 } });
  const canvas = await context.newPage();
  await canvas.setContent(`<style>${readFileSync(inRoot("scripts", "picture.css"), "utf8")}</style>${frame(page, "page")}${frame(popup, "popup")}`);
  await canvas.waitForFunction(() => [...document.images].every((image) => image.complete));
  const picture = await canvas.screenshot();
  await context.close();
  return picture;
}

await main(async () => {
  await buildSite({ frameworks: false });
  const sandbox = await startSandbox();
  const browser = await launchChromium();
  try {
    const picture = await compose(browser, await photograph(browser, sandbox.app));
    if (picture.length > limit) throw new Failure(`the picture has ${picture.length} bytes; at most ${limit} are wanted`);
    writeFileSync(target, picture);
    console.log(`${target}: ${picture.length} bytes`);
  } finally {
    await browser.close();
    await sandbox.stop();
  }
});
