import assert from "node:assert/strict";
import {counted, eventually, holdsValue, seenInPage, textFits} from "../watch.mjs";

async function opened({page, open}) {
  await open("#/fleet");
  const editor = page.getByLabel("Scenario text (TOML)");
  await eventually(() => editor.inputValue(), (text) => text.includes("Small fleet"), "the small fleet's text");
  return editor;
}

/** More than any machine plays while the page presses Cancel. */
const kEndless = "20000";

export const cases = [
  {
    name: "fleet: a scenario runs and shows its figures",
    async run(watched) {
      const {page} = watched;
      await opened(watched);
      await page.getByRole("button", {name: "Run", exact: true}).click();
      await page.locator(".job").getByText(/Running|Done/).waitFor();
      await counted(page.locator("figure.figure svg"), (count) => count > 3, "figures");
      await textFits(page.locator(".facts"), /\d/);
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
      await page.getByLabel("Futures").fill(kEndless);
      await page.getByRole("button", {name: "Run", exact: true}).click();
      await textFits(page.locator(".job .what"), /\S/);
      await page.getByRole("button", {name: "Cancel"}).click();
      await textFits(page.locator(".job"), /Cancelled/);
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
      await page.locator("figure.figure svg").first().waitFor();
    },
  },
  {
    name: "fleet: problems are marked at line and column, Tab moves on",
    async run(watched) {
      const {page} = watched;
      const editor = await opened(watched);
      const text = await editor.inputValue();
      const wrong = text.replace('objective = "cost"', 'objectiv = "cost"');
      assert.notEqual(wrong, text);
      const line = wrong.split("\n").findIndex((each) => each.startsWith("objectiv ")) + 1;
      await editor.fill(wrong);
      await page.getByRole("button", {name: "Run", exact: true}).click();
      const place = page.getByRole("button", {name: `Line ${line}, column 1`});
      await place.waitFor();
      await textFits(page.locator(".sheet .line.wrong .number"), new RegExp(`^${line}$`));
      await eventually(() => page.locator(".sheet mark").first().textContent(), (word) => word === "objectiv", "the word that is marked");
      await place.click();
      await eventually(
        () => editor.evaluate((area) => area.value.slice(0, area.selectionStart).split("\n").length),
        (at) => at === line,
        "the cursor is in the line",
      );
      await page.keyboard.press("Tab");
      await seenInPage(page, () => document.activeElement.tagName, (tag) => tag !== "TEXTAREA", "Tab moved on");
      assert.equal(await editor.inputValue(), wrong);
    },
  },
  {
    name: "fleet: what is typed while the scenario comes is not lost",
    async run({page, open}) {
      let release;
      const held = new Promise((go) => (release = go));
      await page.route("**/api/v1/scenarios/**", async (route) => {
        await held;
        await route.fallback();
      });
      await open("#/fleet");
      const editor = page.getByLabel("Scenario text (TOML)");
      await editor.fill("# mine");
      const come = page.waitForResponse(/api\/v1\/scenarios\//);
      release();
      await (await come).finished();
      // The choice still takes another scenario; by then the first one's text has been dealt with.
      await holdsValue(editor, "# mine");
      await page.getByLabel("Scenario", {exact: true}).selectOption({index: 2});
      await eventually(() => editor.inputValue(), (text) => text.length > 100, "the scenario chosen");
    },
  },
];
