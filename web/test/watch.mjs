// A page whose console, errors and requests are watched, and how tests wait on it: for what must
// become true, never for a time, and never by looking once at something that is still changing.
import assert from "node:assert/strict";

/** Chromium itself reports every refused request on the console: bad input is meant to be refused. */
const kRefusal = /^Failed to load resource: the server responded with a status of 4\d\d/;

const isInside = (url, address) => url.startsWith(address) || /^(data|blob|about|file|chrome-extension):/.test(url);

/** How long what must come may take: only a failing test waits so long, so that a busy machine passes. */
const kPatienceMillis = 60_000;
let patience = kPatienceMillis;

/** Numbers from 0 to 1, the same for the same seed (mulberry32 of T. Ettinger, public domain). */
function numbersOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pause = (millis) => new Promise((go) => setTimeout(go, millis));

/** --slow: a page as on a processor so many times slower. */
async function slowDown(context, page, rate) {
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", {rate});
}

/** --late: every call of the API reaches the server up to so many milliseconds later, in any order. */
async function delayCalls(context, conditions) {
  const next = numbersOf(conditions.seed);
  await context.route("**/api/v1/**", async (route) => {
    await pause(next() * conditions.late);
    await route.continue().catch(() => undefined); // the page has given it up meanwhile
  });
}

/** --page: the page's files from a folder, while it is being written. */
async function servePage(context, address, folder) {
  const {join} = await import("node:path");
  const {existsSync} = await import("node:fs");
  await context.route(
    (url) => url.href.startsWith(address) && !url.pathname.startsWith("/api/"),
    (route) => {
      const path = join(folder, new URL(route.request().url()).pathname.replace(/\/$/, "/index.html"));
      return existsSync(path) ? route.fulfill({path}) : route.continue();
    },
  );
}

export const kUsualConditions = {slow: 1, late: 0, seed: 1, page: ""};

export async function watchedPage(browser, view, address, conditions = kUsualConditions) {
  patience = kPatienceMillis * Math.max(1, conditions.slow / 2);
  const context = await browser.newContext({
    viewport: {width: view.width ?? 1280, height: view.height ?? 900},
    colorScheme: view.dark ? "dark" : "light",
    offline: view.offline ?? false,
    acceptDownloads: true,
  });
  context.setDefaultTimeout(patience);
  if (conditions.late > 0) await delayCalls(context, conditions);
  if (conditions.page) await servePage(context, address, conditions.page);
  const newPage = async () => {
    const made = await context.newPage();
    if (conditions.slow > 1) await slowDown(context, made, conditions.slow);
    return made;
  };
  const page = await newPage();
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
    newPage,
    open: (place) => openPlace(page, address, place),
    check: () => assert.deepEqual(faults, []),
    close: async () => {
      // Calls that are still held or under way end with the page; that is no fault of what was tested.
      for (const each of [context, ...context.pages()]) await each.unrouteAll({behavior: "ignoreErrors"});
      await context.close();
    },
  };
}

/** Goes to a place of the page; when it returns, the page has begun to show it. */
async function openPlace(page, address, place) {
  const inside = page.url().startsWith(`${address}#`) || page.url() === address;
  if (!inside) return page.goto(address + place);
  // The page's own listener was there first: by the time this one is called, it has rendered.
  await page.evaluate(
    (hash) =>
      new Promise((done) => {
        if (location.hash === hash) return done();
        addEventListener("hashchange", () => setTimeout(done), {once: true});
        location.hash = hash;
      }),
    place,
  );
}

/** Waits until the condition holds; the last thing seen is in the message. */
export async function eventually(look, holds, what) {
  const end = Date.now() + patience;
  let seen;
  do {
    seen = await look();
    if (holds(seen)) return seen;
    await pause(50);
  } while (Date.now() < end);
  assert.fail(`${what}; last seen: ${JSON.stringify(seen)?.slice(0, 400)}`);
}

/** The first match's text, as soon as it fits. */
export const textFits = (locator, pattern) => eventually(() => locator.first().innerText(), (text) => pattern.test(text), `a text like ${pattern}`);
export const counted = (locator, holds, what) => eventually(() => locator.count(), holds, what);
export const holdsValue = (locator, wanted) => eventually(() => locator.inputValue(), (value) => value === wanted, `the value ${JSON.stringify(wanted)}`);
export const marked = (locator, wrong = true) =>
  eventually(() => locator.getAttribute("aria-invalid"), (value) => value === String(wrong), wrong ? "the input is marked" : "the mark is gone");
export const isVisible = (locator, wanted) => eventually(() => locator.isVisible(), (seen) => seen === wanted, wanted ? "is shown" : "is hidden");
export const isEnabled = (locator, wanted) => eventually(() => locator.isEnabled(), (seen) => seen === wanted, wanted ? "is enabled" : "is disabled");

/** Looks inside the page until the condition holds. */
export const seenInPage = (page, look, holds, what) => eventually(() => page.evaluate(look), holds, what);

/** The value of a fact on top of an answer. */
export async function fact(page, label) {
  const found = page.locator(".facts > div", {has: page.locator("dt", {hasText: label})}).first();
  return ((await found.locator("dd").count()) ? await found.locator("dd").innerText() : "").trim();
}

export const facts = (page) => page.locator(".facts").first().innerText();

/**
 * The answer is there and belongs to what the form asks. The page derives both marks from the
 * question itself while it renders (answers/live.ts), so that a change of the form is never overtaken
 * by the answer before it; the case "live: ..." holds it to that.
 */
export async function settled(page) {
  await page.locator('.live:has(.answer[aria-busy="false"]) .fresh[data-loading="false"]').waitFor();
}

/** Transitions and animations are over: colours and places are those that stay. */
export async function still(page) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
}

const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

export const noOverflow = (page, what) => seenInPage(page, sideways, (pixels) => pixels === 0, `${what}: nothing to scroll sideways`);
