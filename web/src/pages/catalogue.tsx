// The catalogue: everything that the program knows, searched over all shelves, filtered by vendor
// and by how good the figures' sources are, chosen for a comparison.
import {useEffect, useMemo, useState} from "preact/hooks";
import {Actions} from "../answers/actions";
import {Problems} from "../answers/problems";
import type {JsonTable} from "../documents";
import {useKept} from "../kept";
import {useResource} from "../resource";
import {go} from "../route";
import {useSuggestions} from "../forms/suggestions";
import {Tabs} from "../tabs";
import {entryAddress, statusesOf, useDetails} from "./catalogue_details";

export const kShelves = ["accelerators", "systems", "fabrics", "models", "sites", "prices"] as const;
export type Shelf = (typeof kShelves)[number];
export const kMostCompared = 6;

type Shelves = Partial<Record<Shelf, JsonTable[]>>;

function useShelves(): {shelves: Shelves; problems: ReturnType<typeof useResource>["problems"]} {
  const accelerators = useResource<JsonTable[]>("catalogue/accelerators");
  const systems = useResource<JsonTable[]>("catalogue/systems");
  const fabrics = useResource<JsonTable[]>("catalogue/fabrics");
  const models = useResource<JsonTable[]>("catalogue/models");
  const sites = useResource<JsonTable[]>("catalogue/sites");
  const prices = useResource<JsonTable[]>("catalogue/prices");
  const all = {accelerators, systems, fabrics, models, sites, prices};
  const shelves: Shelves = {};
  for (const shelf of kShelves) {
    const rows = all[shelf].data;
    if (rows) shelves[shelf] = rows;
  }
  return {shelves, problems: kShelves.flatMap((shelf) => all[shelf].problems)};
}

const textOf = (row: JsonTable): string => Object.values(row).join(" ").toLowerCase();
const matches = (row: JsonTable, words: string[]): boolean => {
  const text = textOf(row);
  return words.every((word) => text.includes(word));
};

/** A system has the vendor of its accelerator. */
function vendorsById(shelves: Shelves): Map<string, string> {
  return new Map((shelves.accelerators ?? []).map((row) => [String(row.id), String(row.vendor ?? "")]));
}

function columnsOf(rows: JsonTable[]): string[] {
  // A column that only some rows have stands behind the one it follows there.
  const columns: string[] = [];
  for (const row of rows) {
    let after = -1;
    for (const key of Object.keys(row)) {
      const at = columns.indexOf(key);
      if (at < 0) columns.splice(++after, 0, key);
      else after = at;
    }
  }
  return columns.filter((column) => column !== "id" && column !== "name");
}

const isNumeric = (text: string): boolean => /^[\d.,]+(e[+-]?\d+)?( \S+)?$/.test(text);

interface ShelfTableProps {
  shelf: Shelf;
  rows: JsonTable[];
  picked: string[];
  onPick: (id: string, on: boolean) => void;
}

function ShelfTable({shelf, rows, picked, onPick}: ShelfTableProps) {
  const columns = columnsOf(rows);
  const numeric = new Set(columns.filter((column) => rows.every((row) => isNumeric(String(row[column] ?? "0")))));
  return (
    <div class="table-scroll">
      <table class="dense catalogue">
        <thead>
          <tr>
            <th scope="col"><span class="unseen">Compare</span></th>
            <th scope="col">name</th>
            {columns.map((column) => (
              <th key={column} scope="col" class={numeric.has(column) ? "number" : ""}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = String(row.id);
            const on = picked.includes(id);
            return (
              <tr key={id} class={on ? "picked" : ""}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Compare ${String(row.name ?? id)}`}
                    checked={on}
                    disabled={!on && picked.length >= kMostCompared}
                    onChange={(event) => onPick(id, event.currentTarget.checked)}
                  />
                </td>
                <th scope="row">
                  <a href={entryAddress(shelf, id)}>{String(row.name ?? id)}</a>
                  {row.name && row.name !== id ? <small>{id}</small> : null}
                </th>
                {columns.map((column) => {
                  const text = String(row[column] ?? "");
                  return (
                    <td key={column} class={numeric.has(column) ? "number" : ""}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function CataloguePage() {
  const {shelves, problems} = useShelves();
  const [shelf, setShelf] = useKept<Shelf>("catalogue shelf", "accelerators");
  const [text, setText] = useKept("catalogue text", "");
  const [vendor, setVendor] = useKept("catalogue vendor", "");
  const [status, setStatus] = useState("");
  const statuses = useSuggestions("statuses");
  const [picked, setPicked] = useKept<string[]>("catalogue picked", []);
  // Entries of one shelf are compared with each other.
  const change = (next: Shelf) => {
    setShelf(next);
    setPicked([]);
  };
  const vendors = useMemo(() => vendorsById(shelves), [shelves.accelerators]);
  const vendorOf = (row: JsonTable): string => String(row.vendor ?? vendors.get(String(row.accelerator ?? "").split("@")[0] ?? "") ?? "");
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (each: Shelf): JsonTable[] =>
    (shelves[each] ?? []).filter((row) => matches(row, words) && (vendor === "" || vendorOf(row) === vendor));
  const details = useDetails(status === "" ? [] : found(shelf).map((row) => String(row.id)), shelf);
  const rows = found(shelf).filter((row) => {
    if (status === "") return true;
    const detail = details.entries.get(String(row.id));
    return detail !== undefined && statusesOf(detail).includes(status);
  });
  // Words that fit nothing here but something elsewhere: go there.
  useEffect(() => {
    if (words.length === 0 || found(shelf).length > 0) return;
    const other = kShelves.find((each) => found(each).length > 0);
    if (other) change(other);
  }, [text]);
  const names = [...new Set([...vendors.values()])].filter(Boolean).sort();
  const total = kShelves.reduce((sum, each) => sum + found(each).length, 0);
  return (
    <div class="results">
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <div class="field grow">
          <label for="catalogue-text">Search</label>
          <input id="catalogue-text" type="search" value={text} placeholder="mi355x, 8 TB/s, llama, NVLink, Ohio ..." onInput={(event) => setText(event.currentTarget.value)} />
        </div>
        <div class="field">
          <label for="catalogue-vendor">Vendor</label>
          <select id="catalogue-vendor" value={vendor} onChange={(event) => setVendor(event.currentTarget.value)}>
            <option value="">all</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="catalogue-status">With a figure that is</label>
          <select id="catalogue-status" value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
            <option value="">of any status</option>
            {statuses.map(({value}) => (
              <option key={value}>{value}</option>
            ))}
          </select>
        </div>
        <button type="button" class="main" disabled={picked.length < 2} onClick={() => go(["catalogue", "compare"], {names: picked.join(","), ...(shelf !== "accelerators" && {shelf})})}>
          Compare{picked.length ? ` ${picked.length}` : ""}
        </button>
        {picked.length > 0 && (
          <button type="button" class="quiet" onClick={() => setPicked([])}>
            Clear
          </button>
        )}
      </form>
      <Tabs
        label="Shelves"
        tabs={kShelves.map((each) => ({id: each, title: each, count: found(each).length}))}
        chosen={shelf}
        onChoose={(id) => change(id as Shelf)}
      />
      <p class="unseen" role="status" aria-live="polite">
        {total} entries, {rows.length} {shelf}
      </p>
      <Problems problems={problems} />
      {rows.length > 0 ? (
        <ShelfTable
          shelf={shelf}
          rows={rows}
          picked={picked}
          onPick={(id, on) => setPicked((old) => (on ? [...old, id] : old.filter((each) => each !== id)).slice(0, kMostCompared))}
        />
      ) : (
        shelves[shelf] && <p class="empty">{status === "" || details.complete ? "Nothing on this shelf matches." : "Looking through its figures ..."}</p>
      )}
      {shelves[shelf] && (
        <div class="actions">
          <span class="muted">The whole shelf:</span>
          <Actions command="catalogue list" question={{options: {shelf}}} result={shelves[shelf]} />
        </div>
      )}
    </div>
  );
}
