// What the browser tests stand on: the program's server on a free port with a history of its own,
// one Chromium, one scratch folder.
import {spawn, spawnSync} from "node:child_process";
import {existsSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";

export function argument(name, usual) {
  const at = process.argv.indexOf(name);
  if (at >= 0 && process.argv[at + 1]) return process.argv[at + 1];
  if (usual !== undefined) return usual;
  throw new Error(`${name} is missing: node web/test/run.mjs --binary build/polyfleet`);
}

export function scratchFolder() {
  const path = mkdtempSync(join(tmpdir(), "polyfleet-browser-"));
  return {path, remove: () => rmSync(path, {recursive: true, force: true})};
}

const kChromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openBrowser(executablePath) {
  if (!existsSync(executablePath))
    throw new Error(`no Chromium at ${executablePath}: install Debian's package chromium, or give --chromium PATH`);
  const {chromium} = await import("playwright-core");
  return chromium.launch({executablePath, args: kChromiumArguments});
}

/** Only a server that does not start takes so long. */
const kStartMillis = 120_000;

/** A server that does not end by then is killed; its tests are over. */
const kEndMillis = 30_000;

/** The server of `polyfleet ui`; its address is what it prints. --address: one that runs already. */
export async function startServer(binary, folder) {
  const running = argument("--address", "");
  if (running) return {address: running, ended: () => "", stop: async () => undefined};
  const store = join(folder, "runs.sqlite");
  const child = spawn(binary, ["ui", "--port", "0", "--no-open", "--store", store], {
    env: {...process.env, POLYFLEET_STORE: store},
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let end = "";
  child.on("exit", (code, signal) => {
    end = `${signal ?? `exit code ${code}`}\n${said}`;
  });
  const address = await new Promise((found, refuse) => {
    const timer = setTimeout(() => refuse(new Error(`polyfleet ui said no address:\n${said}`)), kStartMillis);
    const look = (bytes) => {
      said += bytes;
      const match = /http:\/\/[\w.[\]:]+:\d+\/?/.exec(said);
      if (match) {
        clearTimeout(timer);
        found(match[0].endsWith("/") ? match[0] : `${match[0]}/`);
      }
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("error", refuse);
    child.on("exit", () => refuse(new Error(`polyfleet ui ended: ${said}`)));
  });
  return {
    address,
    ended: () => end,
    stop: () =>
      new Promise((stopped) => {
        if (end) return stopped();
        child.on("exit", stopped);
        child.kill("SIGTERM");
        setTimeout(() => child.kill("SIGKILL"), kEndMillis).unref();
      }),
  };
}

/** Runs the command line; what it printed. Accepts the exit codes of answers. */
export function runBinary(binary, args) {
  const done = spawnSync(binary, args, {encoding: "utf8", env: {...process.env, POLYFLEET_STORE: "none"}, maxBuffer: 1 << 28});
  if (done.error) throw done.error;
  if (done.status !== 0 && done.status !== 1) throw new Error(`polyfleet ${args.join(" ")}: exit code ${done.status}\n${done.stderr}`);
  return done.stdout;
}
