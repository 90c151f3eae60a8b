// Entries of the catalogue figure by figure: read as needed, flattened for tables.
import {useEffect, useState} from "preact/hooks";
import type {Json, JsonTable} from "../documents";
import {isTable} from "../documents";
import {resource} from "../resource";
import {addressOf} from "../route";

export const detailPath = (shelf: string, id: string): string => `catalogue/${shelf}/${encodeURIComponent(id)}?sources=1`;

export interface EntryFigure {
  path: string;
  value: string;
  status: string;
  source: string;
  note: string;
}

const kHeads = new Set(["id", "name", "shelf", "sources", "edition"]);

function textOf(value: Json): string {
  if (value === null) return "unknown";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (isTable(value)) return Object.entries(value).map(([key, one]) => `${key} ${textOf(one)}`).join(", ");
  return typeof value === "number" ? value.toLocaleString("en", {maximumSignificantDigits: 6}) : String(value);
}

const isFigure = (value: Json): value is JsonTable => isTable(value) && "value" in value;

function collect(table: JsonTable, prefix: string, into: EntryFigure[]): void {
  for (const [key, value] of Object.entries(table)) {
    if (prefix === "" && kHeads.has(key)) continue;
    const path = prefix + key.replaceAll("_", " ");
    if (isFigure(value)) {
      const unit = typeof value.value === "number" && value.unit ? ` ${String(value.unit)}` : "";
      into.push({
        path,
        value: textOf(value.value ?? null) + unit,
        status: String(value.status ?? ""),
        source: String(value.source ?? ""),
        note: String(value.note ?? ""),
      });
    } else if (isTable(value)) {
      collect(value, `${path} `, into);
    } else {
      into.push({path, value: textOf(value), status: "", source: "", note: ""});
    }
  }
}

/** Every figure of an entry, in its order. */
export function figuresOf(entry: JsonTable): EntryFigure[] {
  const figures: EntryFigure[] = [];
  collect(entry, "", figures);
  return figures;
}

export function statusesOf(entry: Json): string[] {
  if (Array.isArray(entry)) return entry.flatMap(statusesOf);
  if (!isTable(entry)) return [];
  const own = typeof entry.status === "string" ? [entry.status] : [];
  return [...own, ...Object.values(entry).flatMap(statusesOf)];
}

/** Where an entry is shown. */
export const entryAddress = (shelf: string, id: string): string =>
  addressOf(["catalogue", id], shelf === "accelerators" ? {} : {shelf});

export interface Details {
  entries: Map<string, JsonTable>;
  /** All that are wanted have been read, or cannot be. */
  complete: boolean;
}

/** Details of these entries of one shelf; those read before stay. */
export function useDetails(ids: string[], shelf: string): Details {
  const [read, setRead] = useState({shelf, wanted: "", entries: new Map<string, JsonTable>()});
  const wanted = ids.join(",");
  useEffect(() => {
    let current = true;
    const asked = wanted === "" ? [] : wanted.split(",").map((id) => resource<JsonTable>(detailPath(shelf, id)).then((entry) => [id, entry] as const));
    void Promise.allSettled(asked).then((settled) => {
      if (!current) return;
      const found = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      setRead((old) => ({shelf, wanted, entries: new Map([...(old.shelf === shelf ? old.entries : []), ...found])}));
    });
    return () => {
      current = false;
    };
  }, [wanted, shelf]);
  const entries = read.shelf === shelf ? read.entries : new Map<string, JsonTable>();
  return {entries, complete: read.shelf === shelf && read.wanted === wanted};
}
