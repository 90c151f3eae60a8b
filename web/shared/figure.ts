// Makes the figures inside an element live: long series become plots that zoom. Used by one-file reports and by the page; a
// figure reads well without it.
import "uplot/dist/uPlot.min.css";
import "./figure.css";
import {enlivenPlot} from "./plot";

const undone = new WeakMap<HTMLElement, () => void>();

/** Idempotent. The returned function takes everything back that this call did. */
export function enliven(root: ParentNode): () => void {
  const fresh: HTMLElement[] = [];
  for (const figure of root.querySelectorAll<HTMLElement>("figure.figure[data-plot]")) {
    if (undone.has(figure)) continue;
    undone.set(figure, enlivenPlot(figure));
    fresh.push(figure);
  }
  return () => {
    for (const figure of fresh) {
      undone.get(figure)?.();
      undone.delete(figure);
    }
  };
}
