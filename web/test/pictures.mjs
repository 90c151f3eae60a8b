// The pictures of docs/ui.md, made by the page itself:
//   node web/test/pictures.mjs --binary build/polyfleet [--out docs/pictures]
import {statSync} from "node:fs";
import {join} from "node:path";
import {argument, openBrowser, scratchFolder, startServer} from "./harness.mjs";
import {settled, still, watchedPage} from "./watch.mjs";

const kMostBytes = 150_000;
const kSource = new URL("../..", import.meta.url).pathname;

const kPictures = [
  {
    file: "ui_train.png",
    view: {width: 1100, height: 800},
    async show({page, open}) {
      await open("#/train?model=llama3.1-70b&accelerator=amd_mi355x&devices=64&plan.global_batch=128&plan.sequence_length=8192&precision=mxfp8&plan.layout.tensor=8");
      await settled(page);
    },
  },
  {
    file: "ui_compare.png",
    view: {width: 1000, height: 560},
    async show({page, open}) {
      await open("#/catalogue/compare?names=amd_mi355x,nv_b200,amd_mi300x");
      await page.locator("table.compare small a").first().waitFor();
    },
  },
  {
    file: "ui_fleet_dark.png",
    view: {width: 1100, height: 760, dark: true},
    async show({page, open}) {
      await open("#/fleet");
      await page.getByRole("button", {name: "Run", exact: true}).click();
      await page.locator("figure.figure svg").first().waitFor();
    },
  },
];

const folder = scratchFolder();
const browser = await openBrowser(argument("--chromium", "/usr/bin/chromium"));
const server = await startServer(argument("--binary"), folder.path);
let large = 0;
try {
  for (const {file, view, show} of kPictures) {
    const watched = await watchedPage(browser, view, server.address);
    await show(watched);
    // Times differ from run to run; what the page says does not.
    await watched.page.locator(".fresh, .job .seconds").evaluateAll((parts) => parts.forEach((part) => part.replaceChildren()));
    await still(watched.page);
    const path = join(argument("--out", join(kSource, "docs/pictures")), file);
    await watched.page.screenshot({path, animations: "disabled", caret: "hide"});
    const bytes = statSync(path).size;
    if (bytes > kMostBytes) ++large;
    console.log(`${file}: ${(bytes / 1000).toFixed(0)} kB${bytes > kMostBytes ? ", too large" : ""}`);
    await watched.close();
  }
} finally {
  await browser.close();
  await server.stop();
  folder.remove();
}
process.exit(large ? 1 : 0);
