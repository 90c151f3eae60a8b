// A page whose console, errors and requests are watched.
import assert from "node:assert/strict";

/** Chromium itself reports every refused request on the console: bad input is meant to be refused. */
const kRefusal = /^Failed to load resource: the server responded with a status of 4\d\d/;

const isInside = (url, address) => url.startsWith(address) || /^(data|blob|about|file|chrome-extension):/.test(url);

export async function watchedPage(browser, view, address) {
  const context = await browser.newContext({
    viewport: {width: view.width ?? 1280, height: view.height ?? 900},
    colorScheme: view.dark ? "dark" : "light",
    offline: view.offline ?? false,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  page.on("console", (message) => {
    const refused = kRefusal.test(message.text()) && !view.noRefusals;
    if (view.cutOff && message.text().includes("net::ERR_FAILED")) return;
    if ((message.type() === "error" || message.type() === "warning") && !refused) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    if (!isInside(request.url(), address)) faults.push(`request outside: ${request.url()}`);
  });
  return {
    context,
    page,
    open: async (place) => {
      await page.goto(address + place);
    },
    check: () => assert.deepEqual(faults, []),
  };
}

/** Waits until the condition holds; the last thing seen is in the message. */
export async function eventually(look, holds, what, millis = 20_000) {
  const end = Date.now() + millis;
  let seen;
  do {
    seen = await look();
    if (holds(seen)) return seen;
    await new Promise((go) => setTimeout(go, 50));
  } while (Date.now() < end);
  assert.fail(`${what}; last seen: ${JSON.stringify(seen)?.slice(0, 400)}`);
}

/** The value of a fact on top of an answer. */
export async function fact(page, label) {
  const found = page.locator(".facts > div", {has: page.locator("dt", {hasText: label})}).first();
  return ((await found.locator("dd").count()) ? await found.locator("dd").innerText() : "").trim();
}

export const facts = (page) => page.locator(".facts").first().innerText();

/** The answer is there and belongs to what is asked. */
export async function settled(page) {
  await page.locator(".answer[aria-busy=false]").first().waitFor();
  await page.locator('.fresh[data-loading="false"]').first().waitFor();
}

export async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
