// Settings written as a scenario in TOML: alone, or into the text that they were laid over, where
// only the lines that change are touched and comments stay.
import type {Json} from "../documents";

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

export function tomlValue(value: Json): string {
  if (value === null) return '""';
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([key, one]) => `${keyText(key)} = ${tomlValue(one)}`);
    return `{ ${entries.join(", ")} }`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

interface Place {
  table: string;
  key: string;
}

function placeOf(setting: string): Place {
  const dot = setting.lastIndexOf(".");
  return dot < 0 ? {table: "", key: setting} : {table: setting.slice(0, dot), key: setting.slice(dot + 1)};
}

/** Lines [first, last) of a table, or null; the root table begins at line 0. */
function tableLines(lines: string[], table: string): [number, number] | null {
  const heads = lines.map((line) => /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line)?.[1] ?? null);
  const first = table === "" ? 0 : heads.indexOf(table) + 1;
  if (first === 0 && table !== "") return null;
  let last = first;
  while (last < lines.length && heads[last] === null) ++last;
  return [first, last];
}

function withSetting(lines: string[], setting: string, value: Json): void {
  const {table, key} = placeOf(setting);
  const line = `${keyText(key)} = ${tomlValue(value)}`;
  const range = tableLines(lines, table);
  if (!range) {
    if (lines.length && lines[lines.length - 1] !== "") lines.push("");
    lines.push(`[${table.split(".").map(keyText).join(".")}]`, line);
    return;
  }
  const [first, last] = range;
  for (let at = first; at < last; ++at) {
    const found = /^\s*("?)([^"=\s]+)\1\s*=/.exec(lines[at] ?? "");
    if (found?.[2] === key) {
      lines[at] = line;
      return;
    }
  }
  let end = last;
  while (end > first && (lines[end - 1] ?? "").trim() === "") --end;
  lines.splice(end, 0, line);
}

export function scenarioToml(settings: Record<string, Json>, base = ""): string {
  const lines = base === "" ? [] : base.replace(/\n$/, "").split("\n");
  const keys = Object.keys(settings);
  // The root's keys first: below a table's head they would be that table's.
  keys.sort((a, b) => Number(a.includes(".")) - Number(b.includes(".")));
  for (const key of keys) withSetting(lines, key, settings[key] ?? null);
  return `${lines.join("\n")}\n`;
}
