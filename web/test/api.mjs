// The API against its own description: every route of openapi.json is called on a running
// `polyfleet ui`, and each answer must have a described status and fit its schema.
// Usage: node web/test/api.mjs POLYFLEET_BINARY. Exit 1 with a line for each fault.
import {spawn} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import Ajv2020 from "ajv/dist/2020.js";

const kExample = {scenario: {file: "examples/llama_70b_mi355x.toml"}};
/** Questions that are answered soon; commands without one are asked nothing and must refuse. */
const kQuestions = {
  "estimate-train": kExample,
  "estimate-run": {...kExample, options: {tokens: "1e12"}},
  "plan-size": {...kExample, options: {tokens: "1e12", days: "90"}},
  "estimate-serve": {
    set: {model: "llama3.1-8b", accelerator: "nv_h100_sxm", "load.input": 512, "load.output": 128},
  },
};

const folder = mkdtempSync(join(tmpdir(), "polyfleet-api-"));
const server = spawn(process.argv[2], ["ui", "--port", "0", "--no-open", "--store", join(folder, "runs.sqlite")]);
const root = await new Promise((resolve, reject) => {
  let said = "";
  server.stdout.on("data", (part) => {
    said += part;
    const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
    if (found) resolve(found[0]);
  });
  server.on("exit", () => reject(new Error("the server ended")));
});

const api = await (await fetch(`${root}/api/v1/openapi.json`)).json();
const ajv = new Ajv2020({strict: false, allErrors: true});
ajv.addSchema(api, "api");
const faults = [];
const seen = new Set();

function schemaAt(pointer) {
  const escaped = pointer.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1"));
  return ajv.compile({$ref: `api#/${escaped.map(encodeURIComponent).join("/")}`});
}

/** Calls a route and checks its answer against the description; gives the answer. */
async function call(method, template, path, body) {
  const begin = {method: method.toUpperCase()};
  if (body !== undefined) {
    begin.body = JSON.stringify(body);
    begin.headers = {"Content-Type": "application/json"};
  }
  const response = await fetch(root + path, begin);
  const text = await response.text();
  const described = api.paths[template][method].responses[response.status];
  seen.add(`${method} ${template} ${response.status}`);
  const name = `${method} ${path}: ${response.status}`;
  if (!described) {
    faults.push(`${name} is not described: ${text.slice(0, 200)}`);
    return {response, text};
  }
  const type = (response.headers.get("content-type") ?? "").split(";")[0];
  if (!described.content[type]) faults.push(`${name}: content type ${type} is not described`);
  if (type !== "application/json") return {response, text};
  const check = schemaAt(["paths", template, method, "responses", String(response.status), "content", type, "schema"]);
  const document = JSON.parse(text);
  if (!check(document)) faults.push(`${name}: ${ajv.errorsText(check.errors).slice(0, 300)}`);
  return {response, text, document};
}

const expect = (claim, what) => claim || faults.push(what);

async function questions() {
  for (const template of Object.keys(api.paths).filter((each) => each.startsWith("/api/v1/ask/"))) {
    const word = template.split("/").pop();
    const question = kQuestions[word];
    if (question) {
      const {response, text} = await call("post", template, `${template}?keep=1`, question);
      expect(response.status === 200, `${word}: ${response.status} ${text.slice(0, 300)}`);
      expect(/^\d+$/.test(response.headers.get("x-polyfleet-run") ?? ""), `${word} was not kept`);
      await call("post", template, `${template}?view=page`, question);
      await call("post", template, `${template}?view=both`, question);
      const report = `/api/v1/report/${word}`;
      expect((await call("post", report, report, question)).response.status === 200, `${word}: no report`);
      const check = schemaAt(["paths", template, "post", "requestBody", "content", "application/json", "schema"]);
      expect(check(question), `${word}: the question does not fit: ${ajv.errorsText(check.errors)}`);
    }
    await call("post", template, template, {options: {"no-such-option": 1}});
    await call("post", template, template, {senario: {}});
    for (const other of [`/api/v1/jobs/${word}`, `/api/v1/report/${word}`])
      await call("post", other, other, {options: {"no-such-option": 1}});
  }
}

/** A problem names the field that it belongs to, so that a form can mark it. */
async function fields() {
  const fieldsOf = async (word, question) => {
    const path = `/api/v1/ask/${word}`;
    const {response, document} = await call("post", path, path, question);
    expect(response.status === 422, `${word}: ${response.status}`);
    return document.problems.map((problem) => problem.field);
  };
  for (const word of ["estimate-run", "plan-size"]) {
    expect((await fieldsOf(word, {...kExample, options: word === "plan-size" ? {days: "90"} : {}})).includes("options.tokens"), `${word}: no tokens, no field`);
    const wrong = await fieldsOf(word, {...kExample, options: {tokens: "many", ...(word === "plan-size" && {days: "90"})}});
    expect(wrong.includes("options.tokens"), `${word}: tokens that are no number, no field`);
  }
}

/** Every choice that is described is taken, and another is refused at its key. */
async function settings() {
  const path = "/api/v1/ask/estimate-train";
  const described = api.components.schemas["Question-estimate-train"].properties.set.properties;
  const closed = Object.entries(described).filter(([, setting]) => setting.enum);
  expect(closed.length > 5, "few settings have closed choices");
  const fits = schemaAt(["components", "schemas", "Question-estimate-train"]);
  for (const [key, setting] of closed) {
    const refused = (document) => document?.problems?.some((problem) => problem.field === key && /one of|unknown|not/.test(problem.what));
    const wrong = {...kExample, set: {[key]: "no such choice"}};
    expect(refused((await call("post", path, path, wrong)).document), `${key}: a choice that is none`);
    expect(!fits(wrong), `${key}: the description lets anything through`);
    const last = setting.enum[setting.enum.length - 1];
    const {response, text} = await call("post", path, path, {...kExample, set: {[key]: last}});
    expect(response.status === 200 || !text.includes(`'${last}'`), `${key} = ${last}: ${text.slice(0, 200)}`);
  }
}

async function jobs() {
  const begun = await call("post", "/api/v1/jobs/estimate-train", "/api/v1/jobs/estimate-train", kExample);
  const job = begun.document.job;
  let state = "";
  // A busy machine may take its time; one that hangs is found by the test's limit.
  while (state === "" || state === "queued" || state === "running") {
    state = (await call("get", "/api/v1/jobs/{job}", `/api/v1/jobs/${job}`)).document.state;
    await sleep(20);
  }
  expect(state === "done", `the job is ${state}`);
  await call("get", "/api/v1/jobs", "/api/v1/jobs");
  await call("get", "/api/v1/jobs/{job}/result", `/api/v1/jobs/${job}/result?view=both`);
  await call("get", "/api/v1/jobs/{job}/report", `/api/v1/jobs/${job}/report`);
  await call("delete", "/api/v1/jobs/{job}", `/api/v1/jobs/${job}`);
  for (const end of ["", "/result", "/report"])
    await call("get", `/api/v1/jobs/{job}${end}`, `/api/v1/jobs/999${end}`);
}

async function runs() {
  const listed = (await call("get", "/api/v1/runs", "/api/v1/runs?most=5")).document.runs;
  const [b, a] = listed.map((run) => run.id);
  await call("get", "/api/v1/runs", "/api/v1/runs?most=0");
  await call("get", "/api/v1/runs/compare", `/api/v1/runs/compare?a=${a}&b=${b}`);
  for (const end of ["", "/page", "/report"]) {
    await call("get", `/api/v1/runs/{run}${end}`, `/api/v1/runs/${a}${end}`);
    await call("get", `/api/v1/runs/{run}${end}`, `/api/v1/runs/99999${end}`);
  }
  await call("delete", "/api/v1/runs/{run}", `/api/v1/runs/${a}`);
  await call("delete", "/api/v1/runs/{run}", `/api/v1/runs/${a}`);
}

async function shelves() {
  for (const shelf of ["accelerators", "systems", "fabrics", "models", "sites", "prices", "shoes"])
    await call("get", "/api/v1/catalogue/{shelf}", `/api/v1/catalogue/${shelf}`);
  const entry = "/api/v1/catalogue/{shelf}/{id}";
  await call("get", entry, "/api/v1/catalogue/accelerators/nv_h100_sxm?sources=1");
  await call("get", entry, "/api/v1/catalogue/accelerators/amd_mi455x%40announced");
  await call("get", entry, "/api/v1/catalogue/accelerators/none");
  await call("get", "/api/v1/catalogue-compare", "/api/v1/catalogue-compare?names=mi355x,b200");
  await call("get", "/api/v1/catalogue-compare", "/api/v1/catalogue-compare");
  const {document} = await call("get", "/api/v1/scenarios", "/api/v1/scenarios");
  await call("get", "/api/v1/scenarios/{path}", `/api/v1/scenarios/${document[0].path}`);
  await call("get", "/api/v1/scenarios/{path}", "/api/v1/scenarios/none.toml");
  for (const path of ["about", "choices", "openapi.json"]) await call("get", `/api/v1/${path}`, `/api/v1/${path}`);
}

try {
  await questions();
  await fields();
  await settings();
  await jobs();
  await runs();
  await shelves();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const method of Object.keys(methods)) {
      const called = [...seen].some((each) => each.startsWith(`${method} ${path} `));
      expect(called, `${method} ${path} was never called`);
    }
  }
} finally {
  server.kill("SIGTERM");
  await new Promise((resolve) => server.on("exit", resolve));
  rmSync(folder, {recursive: true});
}
for (const fault of faults) console.log(fault);
console.log(`${seen.size} answers of ${Object.keys(api.paths).length} addresses, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
