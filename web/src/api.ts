// Calls to the program's own server; nothing else is ever asked. A refused request is an ApiError
// with the problems that the server found, or one that says what is wrong with the connection.
import type {Answer, Json, JobStatus, Problem, Question} from "./documents";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problems: Problem[],
  ) {
    super(problems.map((problem) => problem.what).join("; "));
  }
}

export interface Response<T> {
  data: T;
  headers: Headers;
  /** Of the request as seen here, in milliseconds. */
  millis: number;
}

export interface CallOptions {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
}

const kRoot = "api/v1/";

async function problemsOf(response: globalThis.Response): Promise<Problem[]> {
  try {
    const document = (await response.json()) as {problems?: Problem[]};
    if (document.problems?.length) return document.problems;
  } catch {
    // No JSON: the status is all there is to tell.
  }
  return [{what: `the server answered ${response.status} ${response.statusText}`.trim()}];
}

async function request(path: string, {method = "GET", body, signal}: CallOptions): Promise<globalThis.Response> {
  const begin: RequestInit = {method};
  if (signal) begin.signal = signal;
  if (body !== undefined) {
    begin.body = JSON.stringify(body);
    begin.headers = {"Content-Type": "application/json"};
  }
  let response: globalThis.Response;
  try {
    response = await fetch(kRoot + path, begin);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, [
      {what: "the program does not answer", fix: "start polyfleet ui again, then reload this page"},
    ]);
  }
  if (!response.ok) throw new ApiError(response.status, await problemsOf(response));
  return response;
}

export async function call<T>(path: string, options: CallOptions = {}): Promise<Response<T>> {
  const begin = performance.now();
  const response = await request(path, options);
  const text = await response.text();
  const millis = performance.now() - begin;
  return {data: (text ? JSON.parse(text) : null) as T, headers: response.headers, millis};
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call<T>(path, signal ? {signal} : {})).data;
}

export const slugOf = (command: string): string => command.replaceAll(" ", "-");

export const ask = (command: string, question: Question, signal?: AbortSignal): Promise<Response<Answer>> =>
  call<Answer>(`ask/${slugOf(command)}?view=both`, {method: "POST", body: question, ...(signal && {signal})});

/** Records the answer in the history; the run's id. Errors: why it could not be kept. */
export async function keep(command: string, question: Question): Promise<string> {
  const path = `ask/${slugOf(command)}?keep=1`;
  const {headers} = await call<Json>(path, {method: "POST", body: question});
  const run = headers.get("X-Polyfleet-Run");
  if (run === null) throw new Error(headers.get("X-Polyfleet-Not-Kept") ?? "the run is not kept: the page was started with --store none");
  return run;
}

export async function startJob(command: string, question: Question): Promise<string> {
  const path = `jobs/${slugOf(command)}?keep=1`;
  return (await call<{job: string}>(path, {method: "POST", body: question})).data.job;
}

export const jobStatus = (job: string, signal?: AbortSignal): Promise<JobStatus> => get(`jobs/${job}`, signal);
export const cancelJob = (job: string): Promise<Response<unknown>> => call(`jobs/${job}`, {method: "DELETE"});
export const jobAnswer = (job: string): Promise<Answer> => get(`jobs/${job}/result?view=both`);

/** Bytes that the reader saves as a file. */
export async function bytes(path: string, options: CallOptions = {}): Promise<Blob> {
  return (await request(path, options)).blob();
}

/** The text of a shipped scenario. */
export async function shippedText(path: string): Promise<string> {
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  return (await request(`scenarios/${escaped}`, {})).text();
}

export function save(name: string, content: Blob | string, type = "text/plain"): void {
  const blob = typeof content === "string" ? new Blob([content], {type}) : content;
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Problems of any error, for people. */
export function problemsFrom(error: unknown): Problem[] {
  if (error instanceof ApiError) return error.problems;
  return [{what: error instanceof Error ? error.message : String(error)}];
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";
