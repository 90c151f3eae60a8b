import assert from "node:assert/strict";
import {counted, eventually, fact, facts, isEnabled, marked, settled, textFits} from "../watch.mjs";

async function atPlan({page, open}, place) {
  await open(place);
  await settled(page);
  await page.getByRole("tab", {name: "Plan"}).click();
}

const kSmall = "#/train?model=llama3.1-8b&accelerator=nv_h100_sxm&devices=8&plan.global_batch=64&plan.sequence_length=4096&precision=bf16&plan.layout.tensor=8";
/** A search that takes minutes: it runs until it is cancelled. */
const kLarge = "#/train?model=deepseek-v3&accelerator=nv_gb200&devices=65536&plan.global_batch=65536&plan.sequence_length=131072&precision=bf16";

export const cases = [
  {
    name: "plan: best plans and the front, one is used",
    async run(watched) {
      const {page} = watched;
      await atPlan(watched, kSmall);
      await page.getByRole("button", {name: "Plan", exact: true}).click();
      await page.getByRole("heading", {name: "Take a plan into the form"}).waitFor();
      await counted(page.locator("figure.figure svg"), (count) => count > 0, "figures of the plan");
      const cells = await page.getByRole("region", {name: "Plans to take"}).locator("tbody tr").first().locator("td").allInnerTexts();
      const heads = await page.getByRole("region", {name: "Plans to take"}).locator("thead th").allInnerTexts();
      const promised = Number(cells[heads.indexOf("step s")]);
      await page.getByRole("button", {name: "Use this plan"}).first().click();
      await page.getByRole("tab", {name: "Estimate", selected: true}).waitFor();
      await settled(page);
      // The estimate of the plan taken is the time that the planner promised.
      await eventually(async () => parseFloat(await fact(page, "step time")), (seconds) => Math.abs(seconds / promised - 1) < 0.002, `a step of ${promised} s`);
      const used = Number(await page.getByLabel("Tensor (TP)").inputValue());
      assert.ok(used >= 1);
      await counted(page.locator(".problem"), (count) => count === 0, "no problem");
      assert.match(await facts(page), /\d/);
    },
  },
  {
    name: "plan: progress, then cancel",
    async run(watched) {
      const {page} = watched;
      await atPlan(watched, kLarge);
      await page.getByRole("button", {name: "Plan", exact: true}).click();
      await page.getByRole("button", {name: "Cancel"}).click();
      await textFits(page.locator(".job"), /Cancelled/);
      await isEnabled(page.getByRole("button", {name: "Plan", exact: true}), true);
      // Another look at the page finds the ended job, not a running one.
      await page.getByRole("link", {name: "Runs"}).click();
      await page.getByRole("link", {name: "Train"}).click();
      await page.getByRole("tab", {name: "Plan"}).click();
      await textFits(page.locator(".job"), /Cancelled/);
    },
  },
  {
    name: "plan: a bad option shows its problem at its field",
    async run(watched) {
      const {page} = watched;
      await atPlan(watched, kSmall);
      await page.getByLabel("Head room", {exact: true}).fill("many");
      await page.getByRole("button", {name: "Plan", exact: true}).click();
      await marked(page.getByLabel("Head room", {exact: true}));
    },
  },
];
