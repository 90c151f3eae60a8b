import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {counted, holdsValue, pause, settled, textFits} from "../watch.mjs";

async function kept({page, open}, devices) {
  await open(`#/train?model=llama3.1-8b&accelerator=nv_h100_sxm&devices=${devices}&plan.global_batch=128&plan.sequence_length=8192&precision=fp8`);
  await holdsValue(page.getByLabel("Devices"), String(devices));
  await settled(page);
  await page.getByRole("button", {name: "Keep"}).click();
  const link = page.locator(".said a");
  await link.waitFor();
  return (await link.innerText()).replace(/\D/g, "");
}

export const cases = [
  {
    name: "runs: two are kept and compared",
    async run(watched) {
      const {page, open} = watched;
      const first = await kept(watched, 8);
      await open("#/runs");
      const second = await kept(watched, 16);
      assert.notEqual(first, second);
      await open("#/runs");
      await page.getByLabel(`Choose run ${first} to compare`).check();
      await page.getByLabel(`Choose run ${second} to compare`).check();
      await page.getByRole("button", {name: /Compare two/}).click();
      await page.getByRole("heading", {level: 1, name: `Runs ${first} and ${second}`}).waitFor();
      const settings = page.getByRole("region", {name: "Settings"});
      await settings.waitFor();
      await textFits(settings, /devices\s+8\s+16/);
      await counted(page.getByRole("region", {name: "Main figures"}).locator("tbody tr"), (count) => count > 2, "main figures");
      const numbers = page.getByRole("region", {name: "Numbers"});
      await textFits(numbers, /step_time_s\s+[\d.,]+\s+[\d.,]+\s+[-+×]/);
      await page.getByLabel("Search").fill("step_time_s");
      await counted(numbers.locator("tbody tr"), (count) => count >= 1 && count < 5, "the rows that match");
    },
  },
  {
    name: "runs: found, opened, saved, deleted after a question",
    async run(watched) {
      const {page, open} = watched;
      const id = await kept(watched, 32);
      await open("#/runs");
      await page.getByLabel("Command").selectOption("estimate train");
      await page.getByLabel("Choose run " + id + " to compare").waitFor();
      await page.getByLabel("Search").fill("no run has this text");
      await page.getByText("No run matches.").waitFor();
      await page.getByLabel("Search").fill("8b");
      await page.getByLabel("Choose run " + id + " to compare").waitFor();
      await page.locator(`a[href="#/runs/${id}"]`).first().click();
      await page.getByRole("heading", {level: 1, name: `Run ${id}`}).waitFor();
      await page.locator("figure.figure svg").first().waitFor();
      const [report] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", {name: "Report"}).click()]);
      assert.match(readFileSync(await report.path(), "utf8"), /^<!doctype html>/i);
      const [json] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", {name: "JSON"}).click()]);
      assert.ok(JSON.parse(readFileSync(await json.path(), "utf8")).step_time_s > 0);
      await page.getByRole("button", {name: `Delete run ${id}`}).click();
      await page.getByRole("button", {name: "Keep it"}).click();
      await page.getByRole("heading", {level: 1, name: `Run ${id}`}).waitFor();
      await page.getByRole("button", {name: `Delete run ${id}`}).click();
      await page.getByRole("dialog").getByRole("button", {name: "Delete", exact: true}).click();
      await page.getByRole("heading", {level: 1, name: "Runs"}).waitFor();
      await page.locator(".empty, table.runs").first().waitFor();
      await counted(page.getByLabel(`Choose run ${id} to compare`), (count) => count === 0, "the run is gone");
      await open(`#/runs/${id}`);
      await page.locator(".problems").waitFor();
    },
  },
  {
    name: "runs: what was kept is said of the question that was kept",
    async run(watched) {
      const {page} = watched;
      await kept(watched, 64);
      await page.getByLabel("Devices").fill("128");
      await counted(page.locator(".said a"), (count) => count === 0, "another question is not kept yet");
    },
  },
  {
    name: "runs: older runs of one filter never join the list of another",
    async run({page, open}) {
      const run = (id) => ({id, begun: "2026-11-01T00:00:00Z", seconds: 1, command: "estimate train", title: `Title ${id}`, verdict: "ok", program: "1", data: "0"});
      let release;
      const held = new Promise((go) => (release = go));
      await page.route("**/api/v1/runs?*", async (route) => {
        const query = new URL(route.request().url()).searchParams;
        if (query.get("before")) await held;
        const first = query.get("text") ? 1000 : query.get("before") ? 500 : 900;
        const many = query.get("text") ? 1 : 51;
        const runs = Array.from({length: many}, (_, at) => run(first - at));
        await route.fulfill({json: {file: "", total: 500, runs}}).catch(() => undefined);
      });
      const over = new Promise((done) => {
        const isHeld = (request) => request.url().includes("before=") && done();
        page.on("requestfinished", isHeld);
        page.on("requestfailed", isHeld);
      });
      await open("#/runs");
      await page.getByText("Title 900").waitFor();
      await page.getByRole("button", {name: "Older runs"}).click();
      await page.getByLabel("Search").fill("x");
      await page.getByText("Title 1000").waitFor();
      await counted(page.locator("table.runs tbody tr"), (count) => count === 1, "what matches");
      release();
      await over;
      // Time for what came late to do its harm; too little of it can only hide harm, never fail.
      await pause(300);
      await counted(page.locator("table.runs tbody tr"), (count) => count === 1, "what matches, alone");
    },
  },
];
