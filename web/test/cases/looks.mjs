// How the page looks and is used: dark, on a phone, by keyboard, on paper; contrast is computed.
import assert from "node:assert/strict";
import {faintTexts} from "../contrast.mjs";
import {eventually, isVisible, noOverflow, seenInPage, settled, still, textFits} from "../watch.mjs";

const kPlaces = ["#/catalogue", "#/catalogue/amd_mi355x", "#/catalogue/compare?names=amd_mi355x,nv_b200,amd_mi300x", "#/train", "#/serve", "#/fleet", "#/validation", "#/runs"];

/** Waits for what the place shows when it is there. */
async function shown(page, place) {
  if (place === "#/train" || place === "#/serve") return settled(page);
  if (place.startsWith("#/catalogue/compare")) return page.locator("table.compare thead th").nth(3).waitFor();
  if (place.startsWith("#/catalogue")) return page.locator("table tbody tr").first().waitFor();
  if (place === "#/fleet") return eventually(() => page.getByLabel("Scenario text (TOML)").inputValue(), (text) => text !== "", "the scenario");
  if (place === "#/validation") return page.locator(".choices a").first().waitFor();
  return page.locator(".empty, table.runs").first().waitFor();
}

async function noFaintTexts({page, open}) {
  for (const place of kPlaces) {
    await open(place);
    await shown(page, place);
    await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
    await still(page);
    await seenInPage(page, faintTexts, (found) => found.length === 0, `${place}: no faint text`);
  }
}

/** The page's ground once it is drawn in this theme. */
async function ground(page, theme) {
  await seenInPage(page, () => document.documentElement.dataset.theme ?? "system", (seen) => seen === theme, `the theme ${theme}`);
  await still(page);
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

const focused = (page, holds, what) => seenInPage(page, () => document.activeElement.textContent, holds, what);
const focusedTag = (page, tag) => seenInPage(page, () => document.activeElement.tagName, (seen) => seen === tag, `${tag} has the keyboard`);

export const cases = [
  {name: "looks: contrast of every text, light", run: noFaintTexts},
  {name: "looks: contrast of every text, dark", view: {dark: true}, run: noFaintTexts},
  {
    name: "looks: the contrast check finds faint text",
    async run({page, open}) {
      await open("#/runs");
      await page.locator(".empty, table.runs").first().waitFor();
      await page.evaluate(() => {
        const text = document.createElement("p");
        text.textContent = "faint";
        text.style.color = "rgb(150 150 150)";
        document.querySelector("main").append(text);
      });
      const found = await page.evaluate(faintTexts);
      assert.equal(found.length, 1);
      assert.match(found[0], /"faint"/);
    },
  },
  {
    name: "looks: dark as the system says, or as chosen",
    view: {dark: true},
    async run({page, open}) {
      await open("#/runs");
      const dark = await ground(page, "system");
      const button = page.getByRole("button", {name: /^Colours/});
      await button.click();
      const light = await ground(page, "light");
      assert.notEqual(light, dark);
      await page.reload();
      assert.equal(await ground(page, "light"), light);
      await button.click();
      assert.equal(await ground(page, "dark"), dark);
      await button.click();
      assert.equal(await ground(page, "system"), dark);
    },
  },
  {
    name: "looks: a phone's width shows every page without scrolling sideways",
    view: {width: 360, height: 740},
    async run({page, open}) {
      for (const place of kPlaces) {
        await open(place);
        await shown(page, place);
        await noOverflow(page, place);
      }
      await open("#/train");
      await settled(page);
      const brief = page.locator(".brief");
      await brief.waitFor();
      await textFits(brief, /\d/);
      await brief.click();
      await eventually(() => page.evaluate(() => document.querySelector(".answer").getBoundingClientRect().top), (top) => Math.abs(top) < 60, "the answer is in view");
    },
  },
  {
    name: "looks: by keyboard alone",
    async run({page, open}) {
      await open("#/catalogue");
      await page.locator("table tbody tr").first().waitFor();
      await page.keyboard.press("Tab");
      await focused(page, (text) => text === "Skip to the page", "the first thing reached");
      await page.keyboard.press("Enter");
      await focusedTag(page, "H1");
      await page.keyboard.press("Shift+Tab"); // the colours
      for (let step = 0; step < 5; ++step) await page.keyboard.press("Shift+Tab");
      await focused(page, (text) => text === "Train", "the link reached");
      await seenInPage(page, () => getComputedStyle(document.activeElement).outlineStyle, (style) => style === "solid", "an outline");
      await page.keyboard.press("Enter");
      await settled(page);
      await focusedTag(page, "H1");
      // Every control of the form has a name and is reached in turn; none holds the keyboard.
      const names = [];
      for (let step = 0; step < 60; ++step) {
        await page.keyboard.press("Tab");
        const seen = await page.evaluate(() => {
          const at = document.activeElement;
          return at.labels?.[0]?.textContent || at.getAttribute("aria-label") || at.textContent.trim();
        });
        names.push(seen);
        if (seen === "Estimate") break;
      }
      assert.ok(names.includes("Model") && names.includes("Devices") && names.at(-1) === "Estimate", names.join(", "));
      assert.ok(names.every((name) => name !== ""), names.join(", "));
      await page.keyboard.press("ArrowRight");
      await page.getByRole("tab", {name: "Plan", selected: true}).waitFor();
      await page.keyboard.press("ArrowLeft");
      await page.getByRole("tab", {name: "Estimate", selected: true}).waitFor();
    },
  },
  {
    name: "looks: landmarks, one main heading, labels everywhere",
    async run({page, open}) {
      for (const place of kPlaces) {
        await open(place);
        await shown(page, place);
        const look = () => {
          const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
          return {
            headings: document.querySelectorAll("h1").length,
            mains: document.querySelectorAll("main").length,
            language: document.documentElement.lang,
            title: document.title,
            nameless: [...document.querySelectorAll("input, select, textarea, button")]
              .filter((control) => !control.labels?.length && !control.getAttribute("aria-label") && !control.textContent.trim())
              .map((control) => control.outerHTML.slice(0, 120)),
            twice: ids.filter((id, at) => ids.indexOf(id) !== at),
          };
        };
        const isOrdered = (found) =>
          found.headings === 1 && found.mains === 1 && found.language === "en" && found.nameless.length === 0 && found.twice.length === 0;
        await seenInPage(page, look, (found) => isOrdered(found) && /^\S.*, polyfleet$/.test(found.title), place);
      }
    },
  },
  {
    name: "looks: on paper the answer without its controls",
    async run({page, open}) {
      await open("#/train");
      await settled(page);
      await page.emulateMedia({media: "print"});
      await isVisible(page.locator(".pane"), false);
      await isVisible(page.getByRole("navigation", {name: "Pages"}), false);
      await isVisible(page.locator(".facts"), true);
      const pdf = await page.pdf({format: "A4"});
      assert.ok(pdf.length > 10_000);
    },
  },
  {
    name: "looks: an unknown place and a lost server say so",
    view: {cutOff: true},
    async run({page, open}) {
      await open("#/nowhere");
      await page.getByText("There is no such page.").waitFor();
      await open("#/train");
      await settled(page);
      await page.route("**/api/v1/ask/**", (route) => route.abort());
      await page.getByLabel("Devices").fill("128");
      await page.getByText("the program does not answer").waitFor();
    },
  },
];
