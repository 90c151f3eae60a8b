import {counted} from "../watch.mjs";

export const cases = [
  {
    name: "validation: a table is predicted and compared",
    async run({page, open}) {
      await open("#/validation");
      await page.getByRole("link", {name: /^train/}).waitFor();
      await counted(page.locator(".choices a"), (count) => count >= 5, "tables");
      await page.getByRole("link", {name: /^memory/}).click();
      await page.getByRole("button", {name: "Predict and compare"}).click();
      await page.locator("figure.figure svg").first().waitFor();
      await page.getByRole("link", {name: /^train/}).click();
      await counted(page.locator("figure.figure"), (count) => count === 0, "a table that was not asked has no figures");
      await page.getByRole("link", {name: /^memory/}).click();
      await page.locator("figure.figure svg").first().waitFor();
    },
  },
];
