import assert from "node:assert/strict";
import {eventually} from "../watch.mjs";

const rows = (page) => page.locator("table.catalogue tbody tr").count();

export const cases = [
  {
    name: "catalogue: search over all shelves",
    async run({page, open}) {
      await open("#/catalogue");
      await page.getByRole("link", {name: "Instinct MI355X"}).waitFor();
      const all = await rows(page);
      assert.ok(all > 40, `${all} accelerators`);
      await page.getByLabel("Search").fill("mi355x");
      assert.ok((await rows(page)) < all);
      await page.getByRole("tab", {name: /systems/}).click();
      await page.getByRole("link", {name: /mi355x/i}).first().waitFor();
      // Words that only another shelf has lead there.
      await page.getByLabel("Search").fill("llama3.1-70b");
      await page.getByRole("tab", {name: /models/, selected: true}).waitFor();
      assert.equal(await rows(page) > 0, true);
      await page.getByLabel("Search").fill("nothing is called so");
      await page.getByText("Nothing on this shelf matches.").waitFor();
    },
  },
  {
    name: "catalogue: filters by vendor and status",
    async run({page, open}) {
      await open("#/catalogue");
      await page.getByRole("link", {name: "Instinct MI355X"}).waitFor();
      const all = await rows(page);
      await page.getByLabel("Vendor").selectOption("AMD");
      const amd = await rows(page);
      assert.ok(amd > 0 && amd < all, `${amd} of ${all}`);
      await page.getByLabel("With a figure that is").selectOption("measured");
      const measured = await eventually(() => rows(page), (count) => count > 0 && count < amd, "entries with a measured figure");
      assert.ok(measured > 0);
      await page.getByRole("tab", {name: /systems/}).click();
      await page.getByLabel("With a figure that is").selectOption("");
      const names = await page.locator("table.catalogue tbody th").allInnerTexts();
      assert.ok(names.length > 0 && names.every((name) => !/dgx|hgx/i.test(name)), names.join());
    },
  },
  {
    name: "catalogue: an entry shows every figure with source and status",
    async run({page, open}) {
      await open("#/catalogue");
      await page.getByRole("link", {name: "Instinct MI355X"}).click();
      await page.getByRole("heading", {level: 1, name: "Instinct MI355X"}).waitFor();
      const memory = page.locator("table.entry tr", {has: page.locator("th", {hasText: /^memory$/})});
      assert.match(await memory.innerText(), /288 GB/);
      assert.match(await memory.innerText(), /vendor specification/);
      assert.match(await memory.getByRole("link").getAttribute("href"), /^https:/);
      await page.getByRole("link", {name: "Use in training"}).click();
      await page.getByRole("heading", {level: 1, name: "Train"}).waitFor();
      await eventually(() => page.getByLabel("Accelerator", {exact: true}).inputValue(), (value) => value === "amd_mi355x", "the part in the form");
    },
  },
  {
    name: "catalogue: six parts side by side, no seventh",
    async run({page, open}) {
      await open("#/catalogue");
      const boxes = page.locator("table.catalogue input[type=checkbox]");
      await boxes.first().waitFor();
      await page.getByLabel("Search").fill("instinct");
      for (let place = 0; place < 6; ++place) await boxes.nth(place).check();
      assert.equal(await boxes.nth(6).isDisabled(), true);
      await page.getByRole("button", {name: "Compare 6"}).click();
      await page.getByRole("heading", {level: 1, name: "Side by side"}).waitFor();
      await eventually(() => page.locator("table.compare thead th").count(), (count) => count === 7, "six parts");
      const memory = page.locator("table.compare tr", {has: page.locator("th", {hasText: /^memory$/})});
      assert.match(await memory.innerText(), /GB/);
      await eventually(() => memory.locator("a[href^=https]").count(), (count) => count > 0, "sources as links");
    },
  },
  {
    name: "catalogue: models compare by their own figures",
    async run({page, open}) {
      await open("#/catalogue/compare?names=llama3.1-70b,llama3.1-8b&shelf=models");
      await eventually(() => page.locator("table.compare thead th").count(), (count) => count === 3, "two models");
      const layers = page.locator("table.compare tr", {has: page.locator("th", {hasText: /^layers$/})});
      assert.match(await layers.innerText(), /80\s+32/);
    },
  },
];
