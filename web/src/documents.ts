// What the API sends and takes, as types; docs/api.md and openapi.json describe the same.

export type Json = null | boolean | number | string | Json[] | JsonTable;
export interface JsonTable {
  [key: string]: Json;
}

/** What is wrong, where, and how to mend it. `field`: a key of `set`, "options.NAME" or "scenario". */
export interface Problem {
  file?: string;
  line?: number;
  column?: number;
  field?: string;
  what: string;
  fix?: string;
}

export interface Question {
  scenario?: {file: string; text: string};
  set?: Record<string, Json>;
  options?: Record<string, Json>;
  models?: Record<string, string>;
}

/** `html` is all that the page shows of a figure; its columns and sources stand beside it in the answer. */
export interface PageFigure {
  id: string;
  title: string;
  html?: string;
}

export interface FigurePage {
  title: string;
  subtitle: string;
  facts: {label: string; value: string; note: string}[];
  notices: string[];
  sections: {title: string; figures: PageFigure[]}[];
}

export type Verdict = "ok" | "infeasible" | "interrupted";

/** What ?view=both answers. */
export interface Answer {
  verdict: Verdict;
  result: Json;
  page: FigurePage;
}

export interface JobStatus {
  job: string;
  command: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  progress?: {what: string; share: number | null} | null;
  seconds: number;
  run?: string | number | null;
  problems?: Problem[];
}

export interface RunSummary {
  id: number;
  begun: string;
  seconds: number;
  command: string;
  title: string;
  verdict: string;
  program: string;
  data: string;
}

export interface ShippedScenario {
  path: string;
  command: string;
  title: string;
}

export const isTable = (value: Json | undefined): value is JsonTable =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at "plan.layout.tensor". */
export function valueAt(document: Json | undefined, path: string): Json | undefined {
  let value = document;
  for (const step of path.split(".")) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isTable(value)) value = value[step];
    else return undefined;
  }
  return value;
}
