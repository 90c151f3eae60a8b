// One entry of the catalogue: every figure with its source and status.
import {Actions} from "../answers/actions";
import {Problems} from "../answers/problems";
import type {JsonTable} from "../documents";
import {isTable} from "../documents";
import {useHeading} from "../heading";
import {keepFor, keptFor} from "../kept";
import {useResource} from "../resource";
import {addressOf} from "../route";
import {kMostCompared} from "./catalogue";
import {detailPath, figuresOf} from "./catalogue_details";

export function Status({status}: {status: string}) {
  return status ? <span class={`badge status-${status.replaceAll(" ", "-")}`}>{status}</span> : null;
}

const kLongestTitle = 48;

/** "https://github.com/stas00/ml-engineering/blob/..." as "github.com/stas00/ml-engineering". */
function shortened(url: string): string {
  const plain = url.replace(/^https?:\/\/(www\.)?/, "").split(/[?#]/)[0] ?? url;
  const parts = plain.split("/").filter(Boolean);
  return parts.slice(0, 3).join("/").slice(0, kLongestTitle);
}

export function Source({id, entry}: {id: string; entry: JsonTable}) {
  const sources = isTable(entry.sources) ? entry.sources : {};
  const found = sources[id];
  const url = isTable(found) ? String(found.url ?? "") : "";
  const title = isTable(found) && found.title ? String(found.title) : url ? shortened(url) : id;
  return /^https?:/.test(url) ? (
    <a href={url} rel="noreferrer" title={url}>
      {title}
    </a>
  ) : (
    <span>{title}</span>
  );
}

export function EntryPage({id, shelf}: {id: string; shelf: string}) {
  const {data, problems} = useResource<JsonTable>(detailPath(shelf, id));
  useHeading(data ? String(data.name ?? id) : null, "Catalogue", "#/catalogue");
  if (!data) return <Problems problems={problems} />;
  const all = figuresOf(data);
  const plain = all.filter((figure) => !figure.status && !figure.source);
  const figures = all.filter((figure) => figure.status || figure.source);
  const isAccelerator = data.shelf === "accelerator";
  const isModel = data.shelf === "model";
  const key = isAccelerator ? "accelerator" : "model";
  const choose = () => {
    const picked = keptFor<string>("catalogue shelf", "") === shelf ? keptFor<string[]>("catalogue picked", []) : [];
    keepFor("catalogue shelf", shelf);
    keepFor("catalogue picked", [...new Set([...picked, id])].slice(0, kMostCompared));
  };
  return (
    <div class="results">
      <header class="entry-head">
        <p class="muted">
          {[data.vendor, data.shelf, id].filter(Boolean).map(String).join(", ")}
        </p>
        <div class="answer-bar">
          <div class="actions">
            {(isAccelerator || isModel) && (
              <>
                <a class="button" href={addressOf(["train"], {add: "1", [key]: id})}>
                  Use in training
                </a>
                <a class="button" href={addressOf(["serve"], {add: "1", [key]: id})}>
                  Use in serving
                </a>
              </>
            )}
            <a class="button" href="#/catalogue" onClick={choose}>
              Choose to compare
            </a>
          </div>
          <Actions command="catalogue show" question={{options: {name: id, sources: true}}} result={data} />
        </div>
      </header>
      <dl class="about panel">
        {plain.map((figure) => (
          <div key={figure.path} class={figure.value.length > 60 ? "long" : ""}>
            <dt>{figure.path}</dt>
            <dd>{figure.value}</dd>
          </div>
        ))}
      </dl>
      {figures.length > 0 && <div class="table-scroll">
        <table class="dense entry">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col">Value</th>
              <th scope="col">Status</th>
              <th scope="col">Source</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {figures.map((figure) => (
              <tr key={figure.path}>
                <th scope="row">{figure.path}</th>
                <td class="value">{figure.value}</td>
                <td>
                  <Status status={figure.status} />
                </td>
                <td class="source">{figure.source && <Source id={figure.source} entry={data} />}</td>
                <td class="muted note">{figure.note}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>}
    </div>
  );
}
