// How soon the page is seen; printed, not asserted: a busy machine would fail it.
import assert from "node:assert/strict";
import {settled} from "../watch.mjs";

const kPaints = () =>
  new Promise((found) => {
    const seen = performance.getEntriesByName("first-contentful-paint")[0];
    if (seen) return found(seen.startTime);
    new PerformanceObserver((list, observer) => {
      const [paint] = list.getEntriesByName("first-contentful-paint");
      if (!paint) return;
      observer.disconnect();
      found(paint.startTime);
    }).observe({type: "paint", buffered: true});
  });

export const cases = [
  {
    name: "paint: first paint and first answer",
    async run({page, open, newPage, address, say}) {
      await open("#/train");
      const first = await page.evaluate(kPaints);
      await settled(page);
      const answer = await page.evaluate(() => performance.now());
      // As a second visit sees it: the process is warm, the cache is not used.
      const paints = [];
      for (let round = 0; round < 3; ++round) {
        const again = await newPage();
        await again.goto(`${address}#/catalogue`);
        paints.push(await again.evaluate(kPaints));
        await again.close();
      }
      paints.sort((a, b) => a - b);
      say(`first paint ${Math.round(first)} ms, warm ${Math.round(paints[1])} ms, first estimate shown before ${Math.round(answer)} ms`);
      const sizes = await page.evaluate(() => performance.getEntriesByType("resource").filter((one) => /assets\//.test(one.name)).map((one) => one.decodedBodySize));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      say(`script and style: ${(bytes / 1000).toFixed(1)} kB before compression`);
      assert.ok(bytes > 0 && bytes < 200_000, `${bytes} bytes`);
    },
  },
];
