import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {counted, eventually, fact, facts, holdsValue, marked, settled, textFits} from "../watch.mjs";

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

/** Calls about this many devices wait until `release` is called; `asked` says how many there were. */
async function heldBack(page, devices) {
  const held = {asked: 0, release: () => undefined};
  const released = new Promise((go) => (held.release = go));
  await page.route("**/api/v1/ask/**", async (route) => {
    if (JSON.parse(route.request().postData()).set.devices === devices) {
      ++held.asked;
      await released;
    }
    await route.fallback().catch(() => undefined); // given up by the page
  });
  return held;
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
      await counted(page.locator("figure.figure svg"), (count) => count > 2, "figures");
      await page.getByLabel("Devices").fill("128");
      const after = await changedFacts(page, before);
      await settled(page);
      await page.getByLabel("Devices").fill("64");
      await changedFacts(page, after);
      await settled(page);
      assert.equal(await facts(page), before);
      await textFits(page.locator(".fresh"), /ms in the server/);
    },
  },
  {
    name: "train: the newest answer wins, the old one stays until then",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const before = await facts(page);
      // The answer for 8 devices comes after that for 16, or never, as the page gave it up.
      const slow = await heldBack(page, 8);
      const over = new Promise((done) => {
        const isSlow = (request) => request.postData()?.includes('"devices":8,') && done();
        page.on("requestfinished", isSlow);
        page.on("requestfailed", isSlow);
      });
      await page.getByLabel("Devices").fill("8");
      await eventually(async () => slow.asked, (count) => count === 1, "the slow question");
      assert.equal(await facts(page), before);
      await page.getByLabel("Devices").fill("16");
      const newest = await changedFacts(page, before);
      await settled(page);
      slow.release();
      await over;
      // What came late has been dealt with when the answer to a further question stands.
      await page.getByLabel("Devices").fill("32");
      await changedFacts(page, newest);
      await page.getByLabel("Devices").fill("16");
      await settled(page);
      assert.equal(await facts(page), newest);
    },
  },
  {
    name: "live: no moment shows an old answer as the new one",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const slow = await heldBack(page, 8);
      // Looked at right after the input's event, before anything is painted or sent.
      const marks = await page.evaluate(async () => {
        const input = document.getElementById("train-devices");
        input.value = "8";
        input.dispatchEvent(new Event("input", {bubbles: true}));
        await new Promise((done) => setTimeout(done));
        return [document.querySelector(".fresh").dataset.loading, document.querySelector(".answer").getAttribute("aria-busy")];
      });
      assert.deepEqual(marks, ["true", "true"]);
      slow.release();
      await settled(page);
    },
  },
  {
    name: "live: an address is asked at once, without the question before it",
    async run({page, open}) {
      const asked = [];
      page.on("request", (request) => request.url().includes("/api/v1/ask/") && asked.push(JSON.parse(request.postData()).set));
      const place = "#/train?model=llama3.1-8b&accelerator=nv_h100_sxm&devices=8&plan.global_batch=64&plan.sequence_length=4096&precision=bf16";
      await open(place);
      await settled(page);
      assert.deepEqual(asked.map((set) => [set.model, set.devices]), [["llama3.1-8b", 8]]);
      // The same address again, after a change, means what it says.
      await page.getByLabel("Devices").fill("16");
      await eventually(async () => new URL(page.url()).hash, (hash) => /devices=16/.test(hash), "the changed address");
      await open(place);
      await holdsValue(page.getByLabel("Devices"), "8");
      await page.goBack();
      await settled(page);
    },
  },
  {
    name: "train: what is typed while a scenario comes lies over it",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      let release;
      const held = new Promise((go) => (release = go));
      await page.route("**/api/v1/scenarios/**", async (route) => {
        await held;
        await route.fallback();
      });
      const choice = page.getByLabel("Scenario", {exact: true});
      await choice.selectOption({label: "Llama 3.1 405B on 2,048 H100"});
      await page.getByLabel("Global batch").fill("512");
      release();
      await page.getByText("Fields below change this scenario").waitFor();
      await holdsValue(page.getByLabel("Global batch"), "512");
      await holdsValue(page.getByLabel("Model", {exact: true}), "");
    },
  },
  {
    name: "train: a bad value shows its problem at its field",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      const tensor = page.getByLabel("Tensor (TP)");
      await tensor.fill("seven");
      await marked(tensor);
      const note = await tensor.getAttribute("aria-describedby");
      await textFits(page.locator(`[id="${note.split(" ")[1]}"]`), /tensor/);
      await counted(page.locator(".problems"), (count) => count === 0, "no other problems");
      // The last good answer is still there, and says so.
      await counted(page.locator(".facts"), (count) => count > 0, "the last answer");
      await textFits(page.locator(".fresh"), /last answer that could be given/);
      await tensor.fill("8");
      await marked(tensor, false);
      await page.getByLabel("Model").fill("lama3.1-70b");
      await marked(page.getByLabel("Model"));
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
      await holdsValue(page.getByLabel("Model", {exact: true}), "config.json");
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
      await eventually(() => page.getByLabel("Pipeline (PP)").getAttribute("placeholder"), (text) => text === "16", "the scenario's degree");
      const base = await facts(page);
      await page.getByLabel("Global batch").fill("512");
      await changedFacts(page, base);
      await settled(page);
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
      await eventually(async () => new URL(page.url()).hash, (hash) => /devices=32/.test(hash), "the address of the question");
      await page.reload();
      await settled(page);
      assert.equal(await facts(page), asked);
      await open("#/runs");
      await open("#/train?model=llama3.1-8b&accelerator=nv_h100_sxm&devices=8&plan.global_batch=128&plan.sequence_length=8192&precision=fp8");
      await holdsValue(page.getByLabel("Model", {exact: true}), "llama3.1-8b");
      await settled(page);
      assert.notEqual(await facts(page), asked);
      await holdsValue(page.getByLabel("Tensor (TP)"), "");
    },
  },
  {
    name: "train: closed lists are those of the program, also one that it learns",
    async run({page, open}) {
      let described;
      await page.route("**/api/v1/openapi.json", async (route) => {
        const api = await (await route.fetch()).json();
        const settings = api.components.schemas["Question-estimate-train"].properties.set.properties;
        described = structuredClone(settings);
        settings["plan.recompute"].enum.push("sometimes");
        await route.fulfill({json: api});
      });
      await open("#/train");
      await settled(page);
      // The form stands before the description of its settings has come.
      await eventually(async () => described, Boolean, "the description of the settings");
      const choicesAt = async (key) => (await page.locator(`[id="train-${key}"] option`).allTextContents()).slice(1);
      for (const key of ["plan.sharding", "plan.schedule"]) {
        assert.ok(described[key].enum.length > 2, key);
        await eventually(() => choicesAt(key), (choices) => choices.join() === described[key].enum.join(), `the choices of ${key}`);
      }
      const learned = [...described["plan.recompute"].enum, "sometimes"];
      await eventually(() => choicesAt("plan.recompute"), (choices) => choices.join() === learned.join(), "the new choice");
      // Every field whose values are closed is a list; none offers one that the program does not describe.
      const fields = await page.evaluate(() => [...document.querySelectorAll("form.pane [name]")].map((input) => [input.name, input.tagName]));
      for (const [key, tag] of fields) {
        const closed = Boolean(described[key]?.enum) || described[key]?.["x-polyfleet-type"] === "true or false";
        assert.equal(tag === "SELECT", closed, key);
        assert.ok(described[key], `${key} is described`);
      }
      await page.getByRole("button", {name: "Add a key"}).click();
      await page.locator(`datalist#train-keys option[value="plan.overlap.tensor"]`).waitFor({state: "attached"});
    },
  },
  {
    name: "train: what does not fit is an answer",
    async run(watched) {
      const {page, open} = watched;
      await open("#/train?model=llama3.1-405b&accelerator=nv_h100_sxm&devices=8&plan.global_batch=16&plan.sequence_length=8192&precision=bf16");
      await page.locator(".badge.verdict-infeasible").waitFor();
      await textFits(page.locator(".answer > header"), /Not feasible/);
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
