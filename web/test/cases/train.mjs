import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {eventually, fact, facts, settled} from "../watch.mjs";

const kConfig = JSON.stringify({
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  vocab_size: 128256,
  max_position_embeddings: 131072,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
});

async function opened({page, open}) {
  await open("#/train");
  await settled(page);
}

/** Facts after a change that must change them. */
async function changedFacts(page, before) {
  return eventually(() => facts(page), (seen) => seen !== before, "other facts");
}

export const cases = [
  {
    name: "train: the estimate follows what is typed",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const before = await facts(page);
      assert.match(before, /\d/);
      assert.ok((await page.locator("figure.figure svg").count()) > 2, "figures");
      await page.getByLabel("Devices").fill("128");
      const after = await changedFacts(page, before);
      await settled(page);
      await page.getByLabel("Devices").fill("64");
      await changedFacts(page, after);
      await settled(page);
      assert.equal(await facts(page), before);
      assert.match(await page.locator(".fresh").innerText(), /ms in the server/);
    },
  },
  {
    name: "train: the newest answer wins, the old one stays until then",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const before = await facts(page);
      let held = 0;
      await page.route("**/api/v1/ask/**", async (route) => {
        // The answer for 8 devices comes after that for 16.
        if (JSON.parse(route.request().postData()).set.devices === 8) {
          ++held;
          await new Promise((go) => setTimeout(go, 1500));
        }
        await route.continue().catch(() => undefined);
      });
      await page.getByLabel("Devices").fill("8");
      await eventually(async () => held, (count) => count === 1, "the slow question");
      assert.equal(await facts(page), before);
      await page.getByLabel("Devices").fill("16");
      const newest = await changedFacts(page, before);
      await page.waitForTimeout(1800);
      assert.equal(await facts(page), newest);
    },
  },
  {
    name: "train: a bad value shows its problem at its field",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const tensor = page.getByLabel("Tensor (TP)");
      await tensor.fill("seven");
      await eventually(() => tensor.getAttribute("aria-invalid"), (value) => value === "true", "the field is marked");
      const note = await tensor.getAttribute("aria-describedby");
      const text = await page.locator(`[id="${note.split(" ")[1]}"]`).innerText();
      assert.match(text, /tensor/);
      assert.equal(await page.locator(".problems").count(), 0);
      // The last good answer is still there, and says so.
      assert.ok((await page.locator(".facts").count()) > 0);
      await tensor.fill("8");
      await eventually(() => tensor.getAttribute("aria-invalid"), (value) => value === "false", "the mark is gone");
      await page.getByLabel("Model").fill("lama3.1-70b");
      await eventually(() => page.getByLabel("Model").getAttribute("aria-invalid"), (value) => value === "true", "an unknown model");
    },
  },
  {
    name: "train: further keys, their problems at their row",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const before = await facts(page);
      await page.getByRole("button", {name: "Add a key"}).click();
      await page.getByLabel("Key 1", {exact: true}).fill("plan.elementwise_factor");
      await page.getByLabel("Value 1", {exact: true}).fill("2");
      await changedFacts(page, before);
      await page.getByLabel("Key 1", {exact: true}).fill("plan.elementwise_factr");
      await page.locator(".key-values .problem").waitFor();
      await page.getByRole("button", {name: "Remove key 1"}).click();
      await eventually(() => facts(page), (seen) => seen === before, "as before");
    },
  },
  {
    name: "train: a pasted config.json is the model",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const before = await facts(page);
      await page.getByText("Own config.json", {exact: true}).click();
      await page.getByLabel("Paste a Hugging Face config.json").fill(kConfig);
      await changedFacts(page, before);
      await settled(page);
      assert.equal(await page.getByLabel("Model", {exact: true}).inputValue(), "config.json");
      await page.getByLabel("Paste a Hugging Face config.json").fill(kConfig.replace('"num_attention_heads":32', '"num_attention_heads":0'));
      await page.locator(".own-model .problem, .problem.below, .problems").first().waitFor();
      await page.getByRole("button", {name: "Remove", exact: true}).click();
      await eventually(() => facts(page), (seen) => seen === before, "the model of the catalogue");
    },
  },
  {
    name: "train: a shipped scenario, changed by fields, saved as a scenario",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const before = await facts(page);
      await page.getByLabel("Scenario", {exact: true}).selectOption({label: "Llama 3.1 405B on 2,048 H100"});
      await changedFacts(page, before);
      await settled(page);
      assert.equal(await page.getByLabel("Pipeline (PP)").getAttribute("placeholder"), "16");
      const base = await facts(page);
      await page.getByLabel("Global batch").fill("512");
      await changedFacts(page, base);
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", {name: "Scenario", exact: true}).click()]);
      const text = readFileSync(await download.path(), "utf8");
      assert.match(text, /global_batch = 512/);
      assert.match(text, /\[plan\.layout\]\ntensor = 8/);
      assert.ok(!/global_batch = 256/.test(text));
    },
  },
  {
    name: "train: the address opens the same question, and a reload keeps it",
    async run(watched) {
      const {page, open} = watched;
      await opened(watched);
      const before = await facts(page);
      await page.getByLabel("Devices").fill("32");
      await changedFacts(page, before);
      await settled(page);
      const asked = await facts(page);
      const place = new URL(page.url()).hash;
      assert.match(place, /devices=32/);
      await page.reload();
      await settled(page);
      assert.equal(await facts(page), asked);
      await open("#/runs");
      await open("#/train?model=llama3.1-8b&accelerator=nv_h100_sxm&devices=8&plan.global_batch=128&plan.sequence_length=8192&precision=fp8");
      await eventually(() => page.getByLabel("Model", {exact: true}).inputValue(), (value) => value === "llama3.1-8b", "the model of the address");
      await eventually(() => facts(page), (seen) => seen !== asked, "its answer");
      assert.equal(await page.getByLabel("Tensor (TP)").inputValue(), "");
    },
  },
  {
    name: "train: what does not fit is an answer",
    async run(watched) {
      const {page, open} = watched;
      await open("#/train?model=llama3.1-405b&accelerator=nv_h100_sxm&devices=8&plan.global_batch=16&plan.sequence_length=8192&precision=bf16");
      await page.locator(".badge.verdict-infeasible").waitFor();
      assert.match(await page.locator(".answer > header").innerText(), /Not feasible/);
    },
  },
  {
    name: "train: report and JSON are saved",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const [report] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", {name: "Report"}).click()]);
      const html = readFileSync(await report.path(), "utf8");
      assert.match(html, /^<!doctype html>/i);
      assert.ok(html.length < 2_000_000);
      const [json] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", {name: "JSON"}).click()]);
      assert.ok(JSON.parse(readFileSync(await json.path(), "utf8")).step_time_s > 0);
      assert.notEqual(await fact(page, ""), "");
    },
  },
];
