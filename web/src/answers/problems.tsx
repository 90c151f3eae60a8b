// Problems that belong to no single input: listed on top, each with its place and its fix, and read
// out when they appear.
import type {Problem} from "../documents";

export function placeText(problem: Problem): string {
  const line = problem.line ? `line ${problem.line}${problem.column ? `, column ${problem.column}` : ""}` : "";
  const file = problem.file && !problem.file.startsWith("--") ? problem.file : "";
  return [file, line].filter(Boolean).join(", ");
}

export function Problems({problems, title}: {problems: Problem[]; title?: string}) {
  return (
    <div aria-live="polite" class="problems-region">
      {problems.length > 0 && (
        <section class="problems" aria-label="Problems">
          <h2>{title ?? (problems.length === 1 ? "One problem" : `${problems.length} problems`)}</h2>
          <ul>
            {problems.map((problem, place) => (
              <li key={place}>
                <span class="what">{problem.what}</span>
                {placeText(problem) && <span class="place">{placeText(problem)}</span>}
                {problem.fix && <span class="fix">{problem.fix}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
