import assert from "node:assert/strict";
import {eventually} from "../watch.mjs";

async function opened({page, open}) {
  await open("#/fleet");
  const editor = page.getByLabel("Scenario text (TOML)");
  await eventually(() => editor.inputValue(), (text) => text.includes("Small fleet"), "the small fleet's text");
  return editor;
}

export const cases = [
  {
    name: "fleet: a scenario runs and shows its figures",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      await page.getByRole("button", {name: "Run", exact: true}).click();
      await page.locator(".job").getByText(/Running|Done/).waitFor();
      await page.locator("figure.figure svg").first().waitFor({timeout: 50_000});
      assert.ok((await page.locator("figure.figure").count()) > 3, "figures");
      assert.match(await page.locator(".facts").first().innerText(), /\d/);
      await page.getByRole("link", {name: /^Run \d+$/}).click();
      await page.getByRole("heading", {level: 1, name: /^Run \d+/}).waitFor();
      await page.locator("figure.figure svg").first().waitFor();
    },
  },
  {
    name: "fleet: futures are watched and cancelled",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      await page.getByLabel("Futures").fill("5000");
      await page.getByRole("button", {name: "Run", exact: true}).click();
      await page.getByRole("button", {name: "Cancel"}).waitFor();
      await eventually(() => page.locator(".job .what").innerText(), (text) => text.length > 0, "what is being done");
      await page.getByRole("button", {name: "Cancel"}).click();
      await eventually(() => page.locator(".job").innerText(), (text) => /Cancelled|Done/.test(text), "the job has ended");
    },
  },
  {
    name: "fleet: a deal is valued without a scenario",
    async run({page, open}) {
      await open("#/fleet");
      await page.getByRole("tab", {name: "A deal's worth"}).click();
      await page.getByLabel("Deal", {exact: true}).fill("no such deal");
      await page.getByRole("button", {name: "Value", exact: true}).click();
      await page.getByText("unknown deal 'no such deal'").waitFor();
      await page.getByLabel("Deal", {exact: true}).fill("amd_openai_2025");
      await page.getByRole("button", {name: "Value", exact: true}).click();
      await page.locator("figure.figure svg").first().waitFor({timeout: 50_000});
    },
  },
  {
    name: "fleet: problems are marked at line and column, Tab moves on",
    async run(watched) {
      const {page} = watched;
      const editor = await opened(watched);
      const text = await editor.inputValue();
      const wrong = text.replace('objective = "cost"', 'objectiv = "cost"');
      const line = wrong.split("\n").findIndex((each) => each.startsWith("objectiv ")) + 1;
      await editor.fill(wrong);
      await page.getByRole("button", {name: "Run", exact: true}).click();
      const place = page.getByRole("button", {name: `Line ${line}, column 1`});
      await place.waitFor();
      assert.equal(await page.locator(".sheet .line.wrong .number").first().innerText(), String(line));
      assert.equal(await page.locator(".sheet mark").first().evaluate((mark) => mark.textContent), "objectiv");
      await place.click();
      assert.equal(await editor.evaluate((area) => area.value.slice(0, area.selectionStart).split("\n").length), line);
      await page.keyboard.press("Tab");
      assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "TEXTAREA");
      assert.equal(await editor.inputValue(), wrong);
    },
  },
];
