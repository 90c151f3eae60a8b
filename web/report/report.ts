// What makes a one-file report more than a picture: long series can be zoomed; what is folded is unfolded for print.
import {enliven} from "../shared/figure";
import "./report.css";

enliven(document);

let unfolded: HTMLDetailsElement[] = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll<HTMLDetailsElement>("details.printed:not([open])")];
  for (const details of unfolded) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of unfolded) details.open = false;
});
