// The run history: what was asked and answered, newest first; two can be compared.
import {useEffect, useRef, useState} from "preact/hooks";
import {get, isAbort, problemsFrom} from "../api";
import {Problems} from "../answers/problems";
import type {Problem, RunSummary} from "../documents";
import {go} from "../route";
import {useCommands} from "../scenario/commands";
import {DeleteRun} from "./run_delete";

const kMost = 50;

/** "2026-11-22T18:00:00Z" as the reader's own day and hour. */
export function momentText(utc: string): string {
  const moment = new Date(utc);
  return Number.isNaN(moment.getTime()) ? utc : moment.toLocaleString([], {dateStyle: "medium", timeStyle: "short"});
}

interface RunsState {
  runs: RunSummary[];
  more: boolean;
  /** The filter that this list belongs to; null = nothing has come yet. */
  filter: {command: string; text: string} | null;
}

const runsOf = (data: RunSummary[] | {runs: RunSummary[]}): RunSummary[] => (Array.isArray(data) ? data : data.runs);

export function RunsPage() {
  const [command, setCommand] = useState("");
  const [text, setText] = useState("");
  const [state, setState] = useState<RunsState>({runs: [], more: false, filter: null});
  const [problems, setProblems] = useState<Problem[]>([]);
  const [picked, setPicked] = useState<number[]>([]);
  const [gone, setGone] = useState(0);
  const {commands} = useCommands();
  /** Of the list that is shown: another filter stops what still comes for this one. */
  const listed = useRef(new AbortController());

  const load = async (before: number) => {
    const {signal} = listed.current;
    const query = new URLSearchParams({command, text, most: String(kMost + 1)});
    if (before) query.set("before", String(before));
    try {
      const found = runsOf(await get<RunSummary[]>(`runs?${query.toString()}`, signal));
      if (signal.aborted) return;
      const page = found.slice(0, kMost);
      setState((old) => ({runs: before ? [...old.runs, ...page] : page, more: found.length > kMost, filter: {command, text}}));
      setProblems([]);
    } catch (error) {
      if (!isAbort(error)) setProblems(problemsFrom(error));
    }
  };
  useEffect(() => {
    const stop = new AbortController();
    listed.current = stop;
    const timer = setTimeout(() => void load(0), text ? 150 : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [command, text, gone]);

  const pick = (id: number, on: boolean) =>
    setPicked((old) => (on ? [...old.filter((each) => each !== id), id].slice(-2) : old.filter((each) => each !== id)));
  const compare = () => {
    const [a, b] = [...picked].sort((one, other) => one - other);
    if (a !== undefined && b !== undefined) go(["runs", "compare"], {a: String(a), b: String(b)});
  };
  const last = state.runs[state.runs.length - 1];
  return (
    <div class="results">
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <div class="field">
          <label for="runs-text">Search</label>
          <input id="runs-text" type="search" value={text} placeholder="title or question" onInput={(event) => setText(event.currentTarget.value)} />
        </div>
        <div class="field">
          <label for="runs-command">Command</label>
          <select id="runs-command" value={command} onChange={(event) => setCommand(event.currentTarget.value)}>
            <option value="">all</option>
            {commands.map((each) => (
              <option key={each.command}>{each.command}</option>
            ))}
          </select>
        </div>
        <button type="button" disabled={picked.length !== 2} onClick={compare}>
          Compare two{picked.length ? ` (${picked.length} chosen)` : ""}
        </button>
      </form>
      <Problems problems={problems} />
      {state.filter && state.runs.length === 0 && (
        <p class="empty">{state.filter.command || state.filter.text ? "No run matches." : "No run is kept yet. Press Keep beside an answer, or run a plan or a fleet."}</p>
      )}
      {state.runs.length > 0 && (
        <div class="table-scroll">
          <table class="dense runs">
            <thead>
              <tr>
                <th scope="col"><span class="unseen">Choose</span></th>
                <th scope="col" class="number">Run</th>
                <th scope="col">Title</th>
                <th scope="col">Command</th>
                <th scope="col">Verdict</th>
                <th scope="col">Begun</th>
                <th scope="col" class="number">Took</th>
                <th scope="col"><span class="unseen">Delete</span></th>
              </tr>
            </thead>
            <tbody>
              {state.runs.map((run) => (
                <tr key={run.id}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Choose run ${run.id} to compare`}
                      checked={picked.includes(run.id)}
                      onChange={(event) => pick(run.id, event.currentTarget.checked)}
                    />
                  </td>
                  <td class="number">{run.id}</td>
                  <td class="title">
                    <a href={`#/runs/${run.id}`}>{run.title || run.command}</a>
                  </td>
                  <td>{run.command}</td>
                  <td>
                    <span class={`badge verdict-${run.verdict}`}>{run.verdict}</span>
                  </td>
                  <td>
                    <time dateTime={run.begun}>{momentText(run.begun)}</time>
                  </td>
                  <td class="number">{run.seconds < 1 ? `${Math.round(run.seconds * 1000)} ms` : `${run.seconds.toFixed(1)} s`}</td>
                  <td>
                    <DeleteRun
                      id={run.id}
                      onGone={() => {
                        pick(run.id, false);
                        setGone((count) => count + 1);
                      }}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {state.more && last && (
        <button type="button" onClick={() => void load(last.id)}>
          Older runs
        </button>
      )}
    </div>
  );
}
