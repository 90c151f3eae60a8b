// One kept run: its figures, what was asked, and files of it.
import {useEffect, useState} from "preact/hooks";
import {bytes, get, problemsFrom, save} from "../api";
import {PageView} from "../answers/page_view";
import {Problems} from "../answers/problems";
import type {FigurePage, Json, JsonTable, Problem} from "../documents";
import {isTable, valueAt} from "../documents";
import {useHeading} from "../heading";
import {go} from "../route";
import {DeleteRun} from "./run_delete";
import {momentText} from "./runs";

interface RunRecord extends JsonTable {
  question: Json;
  result: Json;
}

interface Loaded {
  record: RunRecord;
  page: FigurePage | null;
}

/** The part of a record that lists show, wherever it stands. */
const summaryOf = (record: RunRecord): JsonTable => (isTable(record.summary) ? record.summary : record);

function Asked({question}: {question: Json}) {
  const scenario = valueAt(question, "scenario.text");
  const rest = isTable(question) ? {...question} : {};
  delete rest.scenario;
  return (
    <details class="panel">
      <summary>What was asked</summary>
      <pre>{JSON.stringify(rest, null, 2)}</pre>
      {typeof scenario === "string" && <pre>{scenario}</pre>}
    </details>
  );
}

export function RunPage({id}: {id: string}) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problems, setProblems] = useState<Problem[]>([]);
  useEffect(() => {
    let current = true;
    const load = async () => {
      const record = await get<RunRecord>(`runs/${id}`);
      // A run whose answer has no figures is shown without.
      const page = await get<FigurePage | null>(`runs/${id}/page`).catch(() => null);
      if (current) setLoaded({record, page});
    };
    setLoaded(null);
    setProblems([]);
    load().catch((error: unknown) => current && setProblems(problemsFrom(error)));
    return () => {
      current = false;
    };
  }, [id]);
  const report = async () => {
    try {
      save(`run-${id}.html`, await bytes(`runs/${id}/report`));
    } catch (error) {
      setProblems(problemsFrom(error));
    }
  };
  useHeading(`Run ${id}`, "Runs", "#/runs");
  const summary = loaded ? summaryOf(loaded.record) : {};
  return (
    <div class="results">
      <Problems problems={problems} />
      {loaded && (
        <>
          <div class="answer-bar">
            <div class="actions" role="group" aria-label="This run">
              <button type="button" onClick={() => void report()}>
                Report
              </button>
              <button type="button" onClick={() => save(`run-${id}.json`, `${JSON.stringify(loaded.record.result, null, 2)}\n`, "application/json")}>
                JSON
              </button>
              <DeleteRun id={Number(id)} onGone={() => go(["runs"])} />
            </div>
            <span class="fresh">
              Run {id}, polyfleet {String(summary.command ?? "")}, {momentText(String(summary.begun ?? ""))}, version{" "}
              {String(summary.program ?? "")}, data {String(summary.data ?? "").slice(0, 12)}
            </span>
          </div>
          {loaded.page ? <PageView page={loaded.page} verdict={String(summary.verdict ?? "")} /> : <p class="empty">This run has no figures.</p>}
          <Asked question={loaded.record.question} />
        </>
      )}
    </div>
  );
}
