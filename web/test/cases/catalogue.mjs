import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {counted, eventually, holdsValue, isEnabled, textFits} from "../watch.mjs";

const rows = (page) => page.locator("table.catalogue tbody tr");
/** The report of what is shown, as it was saved. */
async function savedReport(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", {name: "Report", exact: true}).click()]);
  return readFileSync(await download.path(), "utf8");
}

const row = (page, table, name) => page.locator(`${table} tr`, {has: page.locator("th", {hasText: name})});

export const cases = [
  {
    name: "catalogue: search over all shelves",
    async run({page, open}) {
      await open("#/catalogue");
      await page.getByRole("link", {name: "Instinct MI355X"}).waitFor();
      const all = await counted(rows(page), (count) => count > 40, "accelerators");
      await page.getByLabel("Search").fill("mi355x");
      await counted(rows(page), (count) => count > 0 && count < all, "fewer rows");
      await page.getByRole("tab", {name: /systems/}).click();
      await page.getByRole("link", {name: /mi355x/i}).first().waitFor();
      // Words that only another shelf has lead there.
      await page.getByLabel("Search").fill("llama3.1-70b");
      await page.getByRole("tab", {name: /models/, selected: true}).waitFor();
      await counted(rows(page), (count) => count > 0, "models");
      await page.getByLabel("Search").fill("nothing is called so");
      await page.getByText("Nothing on this shelf matches.").waitFor();
    },
  },
  {
    name: "catalogue: filters by vendor and status",
    async run({page, open}) {
      await open("#/catalogue");
      await page.getByRole("link", {name: "Instinct MI355X"}).waitFor();
      const all = await rows(page).count();
      await page.getByLabel("Vendor").selectOption("AMD");
      const amd = await counted(rows(page), (count) => count > 0 && count < all, "the vendor's rows");
      await page.getByLabel("With a figure that is").selectOption("measured");
      await counted(rows(page), (count) => count > 0 && count < amd, "entries with a measured figure");
      await page.getByRole("tab", {name: /systems/}).click();
      await page.getByLabel("With a figure that is").selectOption("");
      const names = await eventually(
        () => page.locator("table.catalogue tbody th").allInnerTexts(),
        (seen) => seen.length > 0 && seen.every((name) => !/dgx|hgx/i.test(name)),
        "systems of this vendor alone",
      );
      assert.ok(names.some((name) => /mi3\d\d/i.test(name)), names.join());
    },
  },
  {
    name: "catalogue: while figures are read, nothing is said to be missing",
    async run({page, open}) {
      await open("#/catalogue");
      await page.getByRole("link", {name: "Instinct MI355X"}).waitFor();
      let release;
      const held = new Promise((go) => (release = go));
      await page.route("**/api/v1/catalogue/accelerators/**", async (route) => {
        await held;
        await route.fallback();
      });
      await page.getByLabel("With a figure that is").selectOption("measured");
      await page.getByText("Looking through its figures ...").waitFor();
      release();
      await counted(rows(page), (count) => count > 0, "entries with a measured figure");
    },
  },
  {
    name: "catalogue: an entry shows every figure with source and status",
    async run({page, open}) {
      await open("#/catalogue");
      await page.getByRole("link", {name: "Instinct MI355X"}).click();
      await page.getByRole("heading", {level: 1, name: "Instinct MI355X"}).waitFor();
      const memory = row(page, "table.entry", /^memory$/);
      await textFits(memory, /288 GB[\s\S]*vendor specification/);
      assert.match(await memory.getByRole("link").getAttribute("href"), /^https:/);
      await page.getByRole("link", {name: "Use in training"}).click();
      await page.getByRole("heading", {level: 1, name: "Train"}).waitFor();
      await holdsValue(page.getByLabel("Accelerator", {exact: true}), "amd_mi355x");
    },
  },
  {
    name: "catalogue: six parts side by side, no seventh",
    async run({page, open}) {
      await open("#/catalogue");
      const boxes = page.locator("table.catalogue input[type=checkbox]");
      await boxes.first().waitFor();
      const all = await boxes.count();
      await page.getByLabel("Search").fill("instinct");
      await counted(boxes, (count) => count > 6 && count < all, "what is found");
      for (let place = 0; place < 6; ++place) await boxes.nth(place).check();
      await isEnabled(boxes.nth(6), false);
      await page.getByRole("button", {name: "Compare 6"}).click();
      await page.getByRole("heading", {level: 1, name: "Side by side"}).waitFor();
      await counted(page.locator("table.compare thead th"), (count) => count === 7, "six parts");
      const memory = row(page, "table.compare", /^memory$/);
      await textFits(memory, /GB/);
      await counted(memory.locator("a[href^=https]"), (count) => count > 0, "sources as links");
    },
  },
  {
    name: "catalogue: shelf, entry and comparison are saved as reports",
    async run({page, open}) {
      for (const [place, words] of [
        ["#/catalogue", /MI355X/],
        ["#/catalogue/amd_mi355x", /MI355X[\s\S]*288/],
        ["#/catalogue/compare?names=amd_mi355x,nv_b200", /MI355X[\s\S]*B200/],
      ]) {
        await open(place);
        const html = await savedReport(page);
        assert.match(html, /^<!doctype html>/i);
        assert.match(html, words);
      }
    },
  },
  {
    name: "catalogue: models compare by their own figures",
    async run({page, open}) {
      await open("#/catalogue/compare?names=llama3.1-70b,llama3.1-8b&shelf=models");
      await counted(page.locator("table.compare thead th"), (count) => count === 3, "two models");
      await textFits(row(page, "table.compare", /^layers$/), /80\s+32/);
    },
  },
];
