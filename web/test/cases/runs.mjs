import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {eventually, settled} from "../watch.mjs";

async function kept({page, open}, devices) {
  await open(`#/train?model=llama3.1-8b&accelerator=nv_h100_sxm&devices=${devices}&plan.global_batch=128&plan.sequence_length=8192&precision=fp8`);
  await eventually(() => page.getByLabel("Devices").inputValue(), (value) => value === String(devices), "the form");
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
      assert.match(await settings.innerText(), /devices\s+8\s+16/);
      assert.ok((await page.getByRole("region", {name: "Main figures"}).locator("tbody tr").count()) > 2);
      const numbers = page.getByRole("region", {name: "Numbers"});
      assert.match(await numbers.innerText(), /step_time_s\s+[\d.,]+\s+[\d.,]+\s+[-+×]/);
      await page.getByLabel("Search").fill("step_time_s");
      await eventually(() => numbers.locator("tbody tr").count(), (count) => count >= 1 && count < 5, "the rows that match");
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
      await eventually(() => page.getByLabel(`Choose run ${id} to compare`).count(), (count) => count === 0, "the run is gone");
      await open(`#/runs/${id}`);
      await page.locator(".problems").waitFor();
    },
  },
];
