// The right half of train and serve: how fresh the answer is, what can be done with it, its figures.
import type {ComponentChildren} from "preact";
import type {Problem} from "../documents";
import type {LiveAnswer} from "./live";
import {PageView} from "./page_view";
import {Problems} from "./problems";

function millisText(millis: number): string {
  return millis < 10 ? `${millis.toFixed(1)} ms` : `${Math.round(millis)} ms`;
}

function freshness(live: LiveAnswer): string {
  if (live.problems.length) return live.answer ? "The last answer that could be given is shown." : "";
  if (live.loading) return "Asking...";
  if (live.millis === null) return "";
  const server = live.serverMillis === null ? "" : `${millisText(live.serverMillis)} in the server, `;
  return `${server}${millisText(live.millis)} in all`;
}

export function LiveView({live, others, children}: {live: LiveAnswer; others: Problem[]; children?: ComponentChildren}) {
  const facts = live.answer?.page.facts.slice(0, 3).map((fact) => `${fact.label} ${fact.value}`) ?? [];
  return (
    <div class="live">
      <Problems problems={others} />
      <div class="answer-bar">
        {children}
        <span class="fresh" data-loading={live.loading}>
          {freshness(live)}
        </span>
      </div>
      <p class="unseen" role="status" aria-live="polite">
        {live.loading || live.problems.length ? "" : facts.join(", ")}
      </p>
      {live.answer && (
        <button type="button" class="brief" onClick={() => document.querySelector(".answer")?.scrollIntoView()}>
          {live.answer.page.facts.slice(0, 2).map((fact) => (
            <span key={fact.label}>
              <small>{fact.label}</small>
              {fact.value}
            </span>
          ))}
        </button>
      )}
      {live.answer && (
        <PageView page={live.answer.page} verdict={live.answer.verdict} stale={live.loading || live.problems.length > 0} />
      )}
    </div>
  );
}
