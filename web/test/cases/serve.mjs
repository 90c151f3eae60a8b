import assert from "node:assert/strict";
import {eventually, facts, settled} from "../watch.mjs";

export const cases = [
  {
    name: "serve: one replica live",
    async run({page, open}) {
      await open("#/serve");
      await settled(page);
      const before = await facts(page);
      assert.ok((await page.locator("figure.figure svg").count()) > 0, "figures");
      await page.getByLabel("Tensor (TP)").fill("4");
      await eventually(() => facts(page), (seen) => seen !== before, "other facts");
      await page.getByLabel("Prompt", {exact: true}).fill("-5");
      await eventually(() => page.getByLabel("Prompt", {exact: true}).getAttribute("aria-invalid"), (value) => value === "true", "a bad length is marked");
    },
  },
  {
    name: "serve: a service simulated from a shipped scenario",
    async run({page, open}) {
      await open("#/serve");
      await page.getByRole("tab", {name: "A service over time"}).click();
      await eventually(() => page.getByLabel("Scenario text (TOML)").inputValue(), (text) => text.includes("[[pool]]"), "the scenario's text");
      await page.getByRole("button", {name: "Simulate"}).click();
      await page.locator("figure.figure svg").first().waitFor({timeout: 50_000});
      assert.match(await page.locator(".job").innerText(), /Done/);
    },
  },
  {
    name: "serve: a fleet for a load is planned",
    async run({page, open}) {
      await open("#/serve");
      await page.getByRole("tab", {name: "The fleet for a load"}).click();
      await page.getByLabel("Scenario", {exact: true}).selectOption({label: "Chat on two vendors"});
      await eventually(() => page.getByLabel("Scenario text (TOML)").inputValue(), (text) => text.includes("[[offer]]"), "the scenario's text");
      await page.getByRole("button", {name: "Plan", exact: true}).click();
      await page.locator("figure.figure svg").first().waitFor({timeout: 50_000});
    },
  },
];
