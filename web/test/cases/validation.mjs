import assert from "node:assert/strict";

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
      assert.equal(await page.locator("figure.figure").count(), 0);
      await page.getByRole("link", {name: /^memory/}).click();
      await page.locator("figure.figure svg").first().waitFor();
    },
  },
];
