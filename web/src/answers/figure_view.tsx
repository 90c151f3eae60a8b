// A figure as the program wrote it (chart/figure_html.cpp). When a newer answer replaces it, what
// the reader had opened stays open.
import {useLayoutEffect, useRef} from "preact/hooks";
import type {PageFigure} from "../documents";

function openParts(root: HTMLElement): boolean[] {
  return [...root.querySelectorAll("details")].map((part) => part.open);
}

/** Long series get their zoomable plot; the code for it is loaded with the first of them. */
function enlivened(element: HTMLElement): () => void {
  if (!element.querySelector("[data-plot]")) return () => undefined;
  let undo: () => void = () => undefined;
  let current = true;
  void import("../../shared/figure").then(({enliven}) => {
    if (current) undo = enliven(element);
  });
  return () => {
    current = false;
    undo();
  };
}

export function FigureView({figure}: {figure: PageFigure}) {
  const root = useRef<HTMLDivElement>(null);
  const html = figure.html ?? "";
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    const open = openParts(element);
    element.innerHTML = html;
    element.querySelectorAll("details").forEach((part, place) => {
      part.open = open[place] ?? part.open;
    });
    return enlivened(element);
  }, [html]);
  return <div class="figure-slot" ref={root} />;
}
