// One-file reports of every kind, opened from disk without a network.
import assert from "node:assert/strict";
import {readFileSync, statSync} from "node:fs";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import {faintTexts} from "../contrast.mjs";
import {runBinary} from "../harness.mjs";
import {counted, isVisible, noOverflow, seenInPage, still} from "../watch.mjs";

const kMostBytes = 2_000_000;
const kSource = new URL("../../..", import.meta.url).pathname;
const scenario = (path) => join(kSource, "scenarios", path);

const kReports = [
  {name: "estimate train", args: ["estimate", "train", scenario("examples/llama_405b_h100.toml")]},
  {name: "estimate serve", args: ["estimate", "serve", "--model", "llama3.1-70b", "--accelerator", "amd_mi300x", "--tp", "2", "--formats", "fp8", "--input", "1024", "--output", "1024", "--concurrency", "1,8,64"]},
  {name: "plan train", args: ["plan", "train", "--model", "llama3.1-8b", "--accelerator", "nv_h100_sxm", "--devices", "8", "--global-batch", "64", "--sequence", "4096", "--precision", "bf16", "--front"]},
  {name: "simulate serve", args: ["simulate", "serve", scenario("serving/azure_conversation_mixed.toml")]},
  {name: "simulate fleet", args: ["simulate", "fleet", scenario("fleet/small.toml")]},
  {name: "validate train", args: ["validate", "train"]},
];

async function noFaintTexts(page, what) {
  await still(page);
  await seenInPage(page, faintTexts, (found) => found.length === 0, `${what}: no faint text`);
}

async function looksRight(page, file) {
  await page.goto(pathToFileURL(file).href);
  await page.locator("figure.figure").first().waitFor();
  await counted(page.locator("figure.figure svg"), (count) => count > 0, "pictures");
  await counted(page.locator("h1"), (count) => count === 1, "one heading");
  await noOverflow(page, "wide");
  await noFaintTexts(page, "light");
  await page.emulateMedia({colorScheme: "dark"});
  await noFaintTexts(page, "dark");
  await page.emulateMedia({colorScheme: "light"});
  await page.setViewportSize({width: 360, height: 740});
  await noOverflow(page, "phone");
  await page.emulateMedia({media: "print"});
  await isVisible(page.locator("h1"), true);
  await isVisible(page.locator("a[download]").first(), false);
  await page.emulateMedia({media: "screen"});
  await page.setViewportSize({width: 1280, height: 900});
}

async function csvDownloads(page) {
  const link = page.locator("a[download$='.csv']").first();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const lines = readFileSync(await download.path(), "utf8").trim().split(/\r?\n/);
  assert.ok(lines.length >= 2, lines.join("\n"));
  assert.match(download.suggestedFilename(), /\.csv$/);
}

export const cases = kReports.map(({name, args}) => ({
  name: `report: ${name} from disk, offline`,
  view: {offline: true, noRefusals: true},
  async run({page, binary, folder, say}) {
    const file = join(folder, `${name.replaceAll(" ", "-")}.html`);
    const begin = performance.now();
    runBinary(binary, [...args, "--report", file]);
    say(`${name}: ${(statSync(file).size / 1000).toFixed(0)} kB, ${((performance.now() - begin) / 1000).toFixed(2)} s with its answer`);
    assert.ok(statSync(file).size < kMostBytes, `${statSync(file).size} bytes`);
    await looksRight(page, file);
    await csvDownloads(page);
  },
}));
