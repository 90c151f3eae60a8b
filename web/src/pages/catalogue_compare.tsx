// Up to six parts side by side, each figure with its status and source. Accelerators get the
// ratios that the program derives; other shelves their own figures.
import {Actions} from "../answers/actions";
import {Problems} from "../answers/problems";
import type {JsonTable} from "../documents";
import {useHeading} from "../heading";
import {useResource} from "../resource";
import {kMostCompared} from "./catalogue";
import type {EntryFigure} from "./catalogue_details";
import {entryAddress, figuresOf, useDetails} from "./catalogue_details";
import {Source, Status} from "./catalogue_entry";

interface Compared {
  id: string;
  name: string;
  entry: JsonTable;
  figures: Map<string, EntryFigure>;
}

function compared(id: string, entry: JsonTable, detail: JsonTable): Compared {
  const figures = new Map(figuresOf(entry).map((figure) => [figure.path, figure]));
  return {id, name: String(entry.name ?? id), entry: detail, figures};
}

function numberIn(text: string): number | null {
  const found = /^([\d.,]+(?:e[+-]?\d+)?)/.exec(text);
  return found?.[1] ? Number(found[1].replaceAll(",", "")) : null;
}

/** All the same? Then the row says little and is greyed. */
const isSame = (values: string[]): boolean => values.length > 1 && values.every((value) => value === values[0]);

export function ComparePage({names, shelf}: {names: string[]; shelf: string}) {
  useHeading("Side by side", "Catalogue", "#/catalogue");
  const ids = names.slice(0, kMostCompared);
  const derives = shelf === "accelerators";
  const {entries: details, complete} = useDetails(ids, shelf);
  const {data, problems} = useResource<JsonTable>(
    derives ? `catalogue-compare?names=${ids.map(encodeURIComponent).join(",")}` : null,
  );
  const parts = Array.isArray(data?.parts) ? (data.parts as JsonTable[]) : null;
  const all: Compared[] = ids.flatMap((id, place) => {
    const detail = details.get(id) ?? {};
    const entry = derives ? parts?.[place] : details.get(id);
    return entry ? [compared(id, entry, detail)] : [];
  });
  const paths = [...new Set(all.flatMap((part) => [...part.figures.keys()]))];
  if (problems.length > 0) return <Problems problems={problems} />;
  if (all.length === 0) return complete && !(derives && !data) ? <p class="empty">Nothing is chosen to compare.</p> : null;
  return (
    <div class="results">
      {names.length > kMostCompared && <p class="notice">The first {kMostCompared} of {names.length} are shown.</p>}
      {data && (
        <div class="answer-bar">
          <Actions command="catalogue compare" question={{options: {names: ids, sources: true}}} result={data} />
        </div>
      )}
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Comparison">
        <table class="dense compare">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              {all.map((part) => (
                <th key={part.id} scope="col">
                  <a href={entryAddress(shelf, part.id)}>{part.name}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {paths.map((path) => {
              const cells = all.map((part) => part.figures.get(path));
              const values = cells.map((cell) => cell?.value ?? "");
              const numbers = values.map(numberIn).filter((value) => value !== null);
              return (
                <tr key={path} class={isSame(values) ? "same" : ""}>
                  <th scope="row">{path}</th>
                  {cells.map((cell, place) => (
                    <td key={all[place]?.id} class={numbers.length ? "figure-cell" : ""}>
                      {cell ? (
                        <>
                          <span class="value">{cell.value}</span>
                          <Status status={cell.status} />
                          {cell.source && (
                            <small>
                              <Source id={cell.source} entry={all[place]?.entry ?? {}} />
                              {cell.note && `, ${cell.note}`}
                            </small>
                          )}
                        </>
                      ) : (
                        <span class="muted">unknown</span>
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
