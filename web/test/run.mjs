// Browser tests: the page of `polyfleet ui` and one-file reports in a real headless Chromium.
//   node web/test/run.mjs --binary build/polyfleet [--only WORDS] [--chromium PATH] [--address URL]
//     [--page FOLDER] [--slow N] [--late MS] [--seed N]
// --address, --page: a server that runs already, the built page (while they are being written).
// --slow N: every page has a processor N times slower. --late MS: every call of the API is held up by
// 0 to MS milliseconds, so that answers come late and in another order; drawn with --seed (1).
// The suite must pass with --slow 16 and with --late 300: no test may depend on how fast anything is.
// One server and one browser for all; every test gets a fresh profile, and fails on console errors
// and on requests outside loopback.
import {cases as catalogue} from "./cases/catalogue.mjs";
import {cases as fleet} from "./cases/fleet.mjs";
import {cases as looks} from "./cases/looks.mjs";
import {cases as paint} from "./cases/paint.mjs";
import {cases as reports} from "./cases/reports.mjs";
import {cases as runs} from "./cases/runs.mjs";
import {cases as serve} from "./cases/serve.mjs";
import {cases as train} from "./cases/train.mjs";
import {cases as trainPlan} from "./cases/train_plan.mjs";
import {cases as units} from "./cases/units.mjs";
import {cases as validation} from "./cases/validation.mjs";
import {argument, openBrowser, startServer, scratchFolder} from "./harness.mjs";
import {kUsualConditions, watchedPage} from "./watch.mjs";

/** A test that hangs; what it waits for has its own, shorter limit (watch.mjs). */
const kTestMillis = 240_000;

async function withTime(promise, millis) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`took longer than ${millis / 1000} s`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runCase(test, browser, shared, conditions) {
  const watched = await watchedPage(browser, test.view ?? {}, shared.address, conditions);
  try {
    await withTime(test.run({...shared, ...watched}), kTestMillis * conditions.slow);
    watched.check();
  } finally {
    await watched.close();
  }
}

function conditionsGiven() {
  const number = (name, usual) => {
    const given = Number(argument(name, String(usual)));
    if (!Number.isFinite(given) || given < 0) throw new Error(`${name} is no number`);
    return given;
  };
  return {
    slow: Math.max(1, number("--slow", kUsualConditions.slow)),
    late: number("--late", kUsualConditions.late),
    seed: number("--seed", kUsualConditions.seed),
    page: argument("--page", kUsualConditions.page),
  };
}

async function main() {
  const binary = argument("--binary");
  const only = argument("--only", "");
  const conditions = conditionsGiven();
  const all = [...units, ...paint, ...catalogue, ...train, ...trainPlan, ...serve, ...fleet, ...validation, ...runs, ...looks, ...reports];
  const chosen = all.filter((test) => test.name.includes(only));
  const folder = scratchFolder();
  const browser = await openBrowser(argument("--chromium", "/usr/bin/chromium"));
  const server = await startServer(binary, folder.path);
  const begin = performance.now();
  let failed = 0;
  try {
    for (const test of chosen) {
      const started = performance.now();
      let outcome = "ok  ";
      try {
        await runCase(test, browser, {address: server.address, binary, folder: folder.path, say: (text) => console.log(`     ${text}`)}, conditions);
      } catch (error) {
        outcome = "FAIL";
        ++failed;
        console.log(error instanceof Error ? error.stack : error);
      }
      console.log(`${outcome} ${test.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
      if (server.ended()) throw new Error(`the server ended: ${server.ended()}`);
    }
  } finally {
    await browser.close();
    await server.stop();
    folder.remove();
  }
  console.log(`${chosen.length - failed} of ${chosen.length} browser tests passed in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  return failed === 0 && chosen.length > 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
