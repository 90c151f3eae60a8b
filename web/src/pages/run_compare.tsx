// Two runs: what changed in what was asked and in what was answered (`polyfleet runs compare`).
import {useState} from "preact/hooks";
import {Problems} from "../answers/problems";
import type {Json} from "../documents";
import {useHeading} from "../heading";
import {useResource} from "../resource";

/** A leaf of a document, or a fact of the page, that differs; null = absent. */
interface Change {
  path?: string;
  label?: string;
  before: Json;
  after: Json;
  ratio: number | null;
}

/** A line of the scenario's text; null = not in that text. */
interface LineChange {
  line_before: number | null;
  line_after: number | null;
  text: string;
}

interface Comparison {
  same_question: boolean;
  same_result: boolean;
  inputs: {circumstances: Change[]; scenario: LineChange[]; settings: Change[]; options: Change[]; resolved: Change[]};
  outputs: {facts: Change[]; numbers: Change[]; others: Change[]};
}

const kMostRows = 300;

function shown(value: Json | undefined): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "number") return value.toLocaleString("en", {maximumSignificantDigits: 6});
  return typeof value === "string" ? value : JSON.stringify(value);
}

function ratioText(ratio: number | null): string {
  if (ratio === null) return "";
  const percent = (ratio - 1) * 100;
  if (ratio > 0 && Math.abs(percent) < 100) return `${percent > 0 ? "+" : ""}${percent.toFixed(Math.abs(percent) < 1 ? 2 : 1)} %`;
  return `× ${ratio.toLocaleString("en", {maximumSignificantDigits: 3})}`;
}

const nameOf = (change: Change): string => change.path ?? change.label ?? "";

function Changes({title, changes, text}: {title: string; changes: Change[]; text: string}) {
  const found = changes.filter((change) => nameOf(change).toLowerCase().includes(text.toLowerCase()));
  if (found.length === 0) return null;
  return (
    <section>
      <h3>
        {title} <span class="count">{found.length}</span>
      </h3>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="dense changes">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" class="number">Before</th>
              <th scope="col" class="number">After</th>
              <th scope="col" class="number">Change</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, kMostRows).map((change) => (
              <tr key={nameOf(change)}>
                <th scope="row" class={change.path ? "path" : ""}>
                  {nameOf(change)}
                </th>
                <td class="number">{shown(change.before)}</td>
                <td class="number">{shown(change.after)}</td>
                <td class="number">{ratioText(change.ratio)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > kMostRows && <p class="muted">{found.length - kMostRows} more; search to find them.</p>}
    </section>
  );
}

function Lines({lines}: {lines: LineChange[]}) {
  if (lines.length === 0) return null;
  return (
    <section>
      <h3>
        Lines of the scenario <span class="count">{lines.length}</span>
      </h3>
      <pre class="lines">
        {lines.map((line, place) => (
          <span key={place} class={line.line_before === null ? "added" : "removed"}>
            {line.line_before === null ? "+" : "-"} {line.text}
            {"\n"}
          </span>
        ))}
      </pre>
    </section>
  );
}

export function RunComparePage({a, b}: {a: string; b: string}) {
  const {data, problems} = useResource<Comparison>(`runs/compare?${new URLSearchParams({a, b}).toString()}`);
  const [text, setText] = useState("");
  useHeading(`Runs ${a} and ${b}`, "Runs", "#/runs");
  return (
    <div class="results">
      <p>
        Before: <a href={`#/runs/${a}`}>run {a}</a>, after: <a href={`#/runs/${b}`}>run {b}</a>
      </p>
      <Problems problems={problems} />
      {data && (
        <>
          <div class="filters">
            <div class="field">
              <label for="changes-text">Search</label>
              <input id="changes-text" type="search" value={text} placeholder="step_time" onInput={(event) => setText(event.currentTarget.value)} />
            </div>
          </div>
          <section class="panel" aria-labelledby="compare-asked">
            <h2 id="compare-asked">Asked</h2>
            {data.same_question && <p class="muted">The same question of the same program and data.</p>}
            <Changes title="Settings" changes={data.inputs.settings} text={text} />
            <Changes title="Options" changes={data.inputs.options} text={text} />
            <Lines lines={data.inputs.scenario} />
            <Changes title="Circumstances" changes={data.inputs.circumstances} text={text} />
            <Changes title="As the program understood it" changes={data.inputs.resolved} text={text} />
          </section>
          <section class="panel" aria-labelledby="compare-answered">
            <h2 id="compare-answered">Answered</h2>
            {data.same_result && <p class="muted">The same result.</p>}
            <Changes title="Main figures" changes={data.outputs.facts} text={text} />
            <Changes title="Numbers" changes={data.outputs.numbers} text={text} />
            <Changes title="Other" changes={data.outputs.others} text={text} />
          </section>
        </>
      )}
    </div>
  );
}
