import {counted, eventually, facts, holdsValue, marked, settled, textFits} from "../watch.mjs";

export const cases = [
  {
    name: "serve: one replica live",
    async run({page, open}) {
      await open("#/serve");
      await settled(page);
      const before = await facts(page);
      await counted(page.locator("figure.figure svg"), (count) => count > 0, "figures");
      await page.getByLabel("Tensor (TP)").fill("4");
      await eventually(() => facts(page), (seen) => seen !== before, "other facts");
      await page.getByLabel("Prompt", {exact: true}).fill("-5");
      await marked(page.getByLabel("Prompt", {exact: true}));
    },
  },
  {
    name: "serve: what was typed outlives a look at another tab",
    async run({page, open}) {
      await open("#/serve?model=llama3.1-8b&accelerator=nv_h100_sxm&load.input=512&load.output=128&tensor=1");
      await settled(page);
      await page.getByLabel("Tensor (TP)").fill("2");
      await page.getByRole("tab", {name: "A service over time"}).click();
      await page.getByLabel("Scenario text (TOML)").waitFor();
      await page.getByRole("tab", {name: "One replica"}).click();
      await settled(page);
      await holdsValue(page.getByLabel("Tensor (TP)"), "2");
    },
  },
  {
    name: "serve: a service simulated from a shipped scenario",
    async run({page, open}) {
      await open("#/serve");
      await page.getByRole("tab", {name: "A service over time"}).click();
      await eventually(() => page.getByLabel("Scenario text (TOML)").inputValue(), (text) => text.includes("[[pool]]"), "the scenario's text");
      await page.getByRole("button", {name: "Simulate"}).click();
      await page.locator("figure.figure svg").first().waitFor();
      await textFits(page.locator(".job"), /Done/);
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
      await page.locator("figure.figure svg").first().waitFor();
    },
  },
];
