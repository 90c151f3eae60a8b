// An answer as a page of figures: facts on top, what limits it, then sections.
import type {FigurePage, Verdict} from "../documents";
import {FigureView} from "./figure_view";

const kVerdicts: Record<Verdict, string> = {
  ok: "",
  infeasible: "Not feasible",
  interrupted: "Stopped: what was found so far",
};

export interface PageViewProps {
  page: FigurePage;
  verdict?: string;
  stale?: boolean;
}

export function PageView({page, verdict, stale}: PageViewProps) {
  const said = kVerdicts[verdict as Verdict] ?? "";
  return (
    <article class={`answer${stale ? " stale" : ""}`} aria-busy={stale ?? false}>
      <header>
        <h2>{page.title}</h2>
        {said && <span class={`badge verdict-${verdict}`}>{said}</span>}
        <p class="muted">{page.subtitle}</p>
      </header>
      <dl class="facts">
        {page.facts.map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd>
              {fact.value}
              {fact.note && <small>{fact.note}</small>}
            </dd>
          </div>
        ))}
      </dl>
      {page.notices.length > 0 && (
        <ul class="notices" aria-label="Notices">
          {page.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
      {page.sections.map((section) => (
        <section key={section.title} class="figures">
          <h2>{section.title}</h2>
          <div class="figure-grid">
            {section.figures.map((figure) => (
              <FigureView key={figure.id} figure={figure} />
            ))}
          </div>
        </section>
      ))}
    </article>
  );
}
