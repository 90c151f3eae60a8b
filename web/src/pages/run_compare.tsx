// Two runs: what changed in what was asked and in what was answered.
import {useState} from "preact/hooks";
import {Problems} from "../answers/problems";
import type {Json, JsonTable} from "../documents";
import {isTable} from "../documents";
import {useHeading} from "../heading";
import {useResource} from "../resource";

interface Change {
  path: string;
  before: Json;
  after: Json;
  ratio: number | null;
}

const kInputs = ["question", "inputs", "input"];
const kOutputs = ["result", "outputs", "output"];
const kMostRows = 400;

function changesOf(document: JsonTable, names: string[]): Change[] {
  for (const name of names) {
    const found = document[name];
    const list = isTable(found) ? found.changes : found;
    if (Array.isArray(list)) return list as unknown as Change[];
  }
  return [];
}

function shown(value: Json | undefined): string {
  if (value === null || value === undefined) return "absent";
  if (typeof value === "number") return value.toLocaleString("en", {maximumSignificantDigits: 6});
  return typeof value === "string" ? value : JSON.stringify(value);
}

function ratioText(ratio: number | null | undefined): string {
  if (typeof ratio !== "number") return "";
  const percent = (ratio - 1) * 100;
  if (Math.abs(percent) < 100) return `${percent > 0 ? "+" : ""}${percent.toFixed(Math.abs(percent) < 1 ? 2 : 1)} %`;
  return `× ${ratio.toLocaleString("en", {maximumSignificantDigits: 3})}`;
}

function Changes({title, changes, text}: {title: string; changes: Change[]; text: string}) {
  const found = changes.filter((change) => change.path.toLowerCase().includes(text.toLowerCase()));
  return (
    <section class="panel">
      <h2>
        {title} <span class="count">{changes.length}</span>
      </h2>
      {changes.length === 0 ? (
        <p class="muted">Nothing changed.</p>
      ) : (
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
                <tr key={change.path}>
                  <th scope="row">{change.path}</th>
                  <td class="number">{shown(change.before)}</td>
                  <td class="number">{shown(change.after)}</td>
                  <td class="number">{ratioText(change.ratio)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length > kMostRows && <p class="muted">{found.length - kMostRows} more; search to find them.</p>}
        </div>
      )}
    </section>
  );
}

export function RunComparePage({a, b}: {a: string; b: string}) {
  const {data, problems} = useResource<JsonTable>(`runs/compare?${new URLSearchParams({a, b}).toString()}`);
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
          <Changes title="Asked" changes={changesOf(data, kInputs)} text={text} />
          <Changes title="Answered" changes={changesOf(data, kOutputs)} text={text} />
        </>
      )}
    </div>
  );
}
