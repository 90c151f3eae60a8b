// One entry of the catalogue: every figure with its source and status.
import {Problems} from "../answers/problems";
import type {JsonTable} from "../documents";
import {isTable} from "../documents";
import {keepFor, keptFor} from "../kept";
import {useResource} from "../resource";
import {addressOf} from "../route";
import {kMostCompared} from "./catalogue";
import {detailPath, figuresOf} from "./catalogue_details";

export function Status({status}: {status: string}) {
  return status ? <span class={`badge status-${status.replaceAll(" ", "-")}`}>{status}</span> : null;
}

export function Source({id, entry}: {id: string; entry: JsonTable}) {
  const sources = isTable(entry.sources) ? entry.sources : {};
  const found = sources[id];
  const url = isTable(found) ? String(found.url ?? "") : "";
  const title = isTable(found) && found.title ? String(found.title) : id;
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
  if (!data) return <Problems problems={problems} />;
  const figures = figuresOf(data);
  const isAccelerator = data.shelf === "accelerator";
  const isModel = data.shelf === "model";
  const key = isAccelerator ? "accelerator" : "model";
  const choose = () => {
    const picked = keptFor<string[]>("catalogue picked", []);
    keepFor("catalogue picked", [...new Set([...picked, id])].slice(0, kMostCompared));
  };
  return (
    <div class="results">
      <p>
        <a href="#/catalogue">Catalogue</a>
      </p>
      <header class="entry-head">
        <h2>{String(data.name ?? id)}</h2>
        <p class="muted">
          {[data.vendor, data.shelf, id].filter(Boolean).map(String).join(", ")}
        </p>
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
      </header>
      <div class="table-scroll">
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
      </div>
    </div>
  );
}
