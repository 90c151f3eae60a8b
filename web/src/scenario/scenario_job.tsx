// A command that takes a scenario and some time: choose or write the scenario, set options, run,
// watch, cancel, look at the figures. Serves every such command.
import {useEffect, useState} from "preact/hooks";
import {shippedText, save, slugOf, bytes, problemsFrom} from "../api";
import {JobPanel} from "../answers/job_panel";
import {useJob} from "../answers/job";
import {PageView} from "../answers/page_view";
import {Problems} from "../answers/problems";
import type {Problem, Question} from "../documents";
import {useKept} from "../kept";
import {useCommand} from "./commands";
import type {KeyValue} from "../forms/key_values";
import {KeyValues, settingsOfRows} from "../forms/key_values";
import {OptionsForm, optionsOf} from "./options_form";
import {ShippedChoice, useShipped} from "./shipped";
import {TomlEditor} from "./toml_editor";

export interface ScenarioJobProps {
  command: string;
  /** What the button says. */
  action: string;
  lead: string;
  /** The shipped scenario to begin with; open: the first. */
  first?: string;
}

interface Draft {
  path: string;
  text: string;
}

const kOwnFile = "scenario.toml";
const kRows = 22;
const kFewRows = 6;

export function ScenarioJob({command, action, lead, first: wanted}: ScenarioJobProps) {
  const slug = slugOf(command);
  const job = useJob(command);
  const {spec, problems: unknown} = useCommand(command);
  const {shipped: listed, problems: unlisted} = useShipped(command);
  const shipped = listed ?? [];
  const [draft, setDraft] = useKept<Draft>(`draft ${command}`, {path: "", text: ""});
  const [options, setOptions] = useKept<Record<string, string>>(`options ${command}`, {});
  const [rows, setRows] = useKept<KeyValue[]>(`keys ${command}`, []);
  const [more, setMore] = useState<Problem[]>([]);
  const first = (shipped.find((each) => each.path.endsWith(wanted ?? "")) ?? shipped[0])?.path;
  useEffect(() => {
    if (draft.text !== "" || !first) return;
    const fill = (text: string) => setDraft((old) => (old.text === "" ? {path: first, text} : old));
    shippedText(first).then(fill, (error: unknown) => setMore(problemsFrom(error)));
  }, [first]);
  const question: Question = {
    ...(draft.text.trim() !== "" && {scenario: {file: draft.path || kOwnFile, text: draft.text}}),
    set: settingsOfRows(rows),
    options: optionsOf(spec?.options ?? [], options),
  };
  const report = async () => {
    const done = job.status?.job;
    if (!done) return;
    try {
      save(`${slug}.html`, await bytes(`jobs/${done}/report`));
    } catch (error) {
      setMore(problemsFrom(error));
    }
  };
  const keys = rows.map((row) => row.key.trim());
  const elsewhere = job.problems.filter((problem) => !problem.field?.startsWith("options.") && !keys.includes(problem.field || "-"));
  const inText = elsewhere.filter((problem) => (problem.line ?? 0) > 0);
  const others = elsewhere.filter((problem) => !inText.includes(problem));
  // Half a form would move under the reader's hands.
  if (!spec || !listed) return <Problems problems={[...unknown, ...unlisted]} />;
  // Where a question can do without a scenario and none is shipped, its options come first.
  const needed = spec.needsScenario || shipped.length > 0;
  const editor = (
    <TomlEditor
      key="editor"
      id={`${slug}-text`}
      label="Scenario text (TOML)"
      rows={needed ? kRows : kFewRows}
      text={draft.text}
      problems={inText}
      onText={(text) => setDraft((old) => ({...old, text}))}
    />
  );
  const optionFields = (
    <OptionsForm key="options" name={slug} options={spec.options} texts={options} problems={job.problems} onTexts={setOptions} />
  );
  return (
    <div class="split editing">
      <form class="pane" aria-label="Question" onSubmit={(event) => event.preventDefault()}>
        <p class="muted">{lead}</p>
        <div class="fields">
          <ShippedChoice
            id={`${slug}-shipped`}
            label="Scenario"
            command={command}
            chosen={draft.path}
            none="your own text"
            onChoose={() => {
              const before = draft.text;
              // What is typed while the scenario comes stays.
              return (path, text) => setDraft((old) => (path && old.text !== before ? old : {path, text: path ? text : old.text}));
            }}
            onProblems={setMore}
          />
        </div>
        {needed ? [editor, optionFields] : [optionFields, editor]}
        <KeyValues form={slug} rows={rows} problems={job.problems} example={{key: "seed", value: "7"}} settings={spec.settings} onRows={setRows} />
        <div class="row sticky">
          <button
            type="button"
            class="main"
            disabled={job.running || (spec.needsScenario && draft.text.trim() === "")}
            onClick={() => {
              setMore([]);
              void job.start(question);
            }}
          >
            {action}
          </button>
          <button type="button" class="quiet" onClick={() => save(draft.path.split("/").pop() || kOwnFile, draft.text)}>
            Save text
          </button>
        </div>
      </form>
      <div class="results">
        <JobPanel job={job} />
        <Problems problems={[...more, ...others]} />
        {job.answer ? (
          <>
            <div class="answer-bar">
              <div class="actions" role="group" aria-label="This answer">
                <button type="button" disabled={job.running} onClick={() => void report()}>
                  Report
                </button>
                <button type="button" onClick={() => save(`${slug}.json`, `${JSON.stringify(job.answer?.result, null, 2)}\n`, "application/json")}>
                  JSON
                </button>
              </div>
            </div>
            <PageView page={job.answer.page} verdict={job.answer.verdict} stale={job.running} />
          </>
        ) : (
          !job.running && <p class="empty">Its figures appear here.</p>
        )}
      </div>
    </div>
  );
}
