import assert from "node:assert/strict";
import {eventually} from "../watch.mjs";

export const cases = [
  {
    name: "validation: a table is predicted and compared",
    async run({page, open}) {
      await open("#/validation");
      await page.getByRole("link", {name: /^train/}).waitFor();
      assert.ok((await page.locator(".choices a").count()) >= 5);
      await page.getByRole("link", {name: /^memory/}).click();
      await page.getByRole("button", {name: "Predict and compare"}).click();
      await page.locator("figure.figure svg").first().waitFor({timeout: 50_000});
      await page.getByRole("link", {name: /^train/}).click();
      await eventually(() => page.locator("figure.figure").count(), (count) => count === 0, "a table that was not asked has no figures");
      await page.getByRole("link", {name: /^memory/}).click();
      await page.locator("figure.figure svg").first().waitFor();
    },
  },
];
