// A field of a form as a record: adding one is adding a line to a table (train_fields.ts,
// serve_fields.ts). `key` is the scenario's key, which is also where the server says a problem is.
import type {Json} from "../documents";

/** "choice": one of a closed list, which the API's description of the setting has. */
export type FieldKind = "text" | "integer" | "number" | "truth" | "texts" | "numbers" | "choice";

/** Lists that the API knows. */
export type SuggestionList =
  | "models"
  | "accelerators"
  | "systems"
  | "sites"
  | "frameworks"
  | "precisions"
  | "engines"
  | "formats"
  | "statuses";

export interface FieldSpec {
  key: string;
  label: string;
  kind: FieldKind;
  help: string;
  unit?: string;
  /** A closed list, as the API has it. */
  choices?: readonly string[];
  /** An open list, shown while typing. */
  suggest?: SuggestionList;
  /** Sixths of the form's width; open: two. */
  span?: 3 | 4 | 6;
}

export interface FieldGroup {
  title: string;
  fields: readonly FieldSpec[];
  /** Closed until opened or filled. */
  folded?: boolean;
}

/** What stands in a form's inputs, by key; nothing for an empty input. */
export type FieldTexts = Record<string, string>;

const isWhole = (text: string): boolean => /^[+-]?\d[\d_]*$/.test(text);
const isNumber = (text: string): boolean => /^[+-]?(\d[\d_]*)?(\.\d+)?([eE][+-]?\d+)?$/.test(text) && /\d/.test(text);
const numberOf = (text: string): number => Number(text.replaceAll("_", ""));

/** A number where the text is one; else the text as it stands, for the server to say what is wrong. */
function numberOrText(text: string, whole: boolean): Json {
  return (whole ? isWhole(text) : isNumber(text)) ? numberOf(text) : text;
}

const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

export function valueOfText(kind: FieldKind, text: string): Json {
  switch (kind) {
    case "text":
    case "choice":
      return text;
    case "integer":
      return numberOrText(text, true);
    case "number":
      return numberOrText(text, false);
    case "truth":
      return text === "true" ? true : text === "false" ? false : text;
    case "texts":
      return listOf(text);
    case "numbers":
      return listOf(text).map((part) => numberOrText(part, false));
  }
}

/** As `--set KEY=VALUE` reads a value: true, false, a number, a list or quoted text; else the text. */
export function valueOfAny(text: string): Json {
  const trimmed = text.trim();
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  if (isNumber(trimmed)) return numberOf(trimmed);
  if (/^["[{]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed) as Json;
    } catch {
      return trimmed;
    }
  }
  return trimmed;
}

export function textOfValue(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(textOfValue).join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const fieldsOf = (groups: readonly FieldGroup[]): FieldSpec[] => groups.flatMap((group) => [...group.fields]);

/** The settings that a form states. */
export function settingsOf(groups: readonly FieldGroup[], texts: FieldTexts): Record<string, Json> {
  const settings: Record<string, Json> = {};
  for (const field of fieldsOf(groups)) {
    const text = texts[field.key]?.trim();
    if (text) settings[field.key] = valueOfText(field.kind, text);
  }
  return settings;
}
