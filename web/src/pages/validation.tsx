// Validation: the program's predictions against published measurements, one table at a time.
import {useJob} from "../answers/job";
import {JobPanel} from "../answers/job_panel";
import {PageView} from "../answers/page_view";
import {Problems} from "../answers/problems";
import {useKept} from "../kept";
import type {CommandSpec} from "../scenario/commands";
import {useCommand} from "../scenario/commands";
import {OptionsForm, optionsOf} from "../scenario/options_form";

const kCommand = "validate";
/** The option that says which table. */
const kTable = "what";

/** What the tables hold, for people; a table without a line here is shown by its name alone. */
const kTitles: Record<string, string> = {
  train: "published training runs",
  serve: "published serving runs",
  requests: "measured servers, request by request",
  kernels: "products and attention on one device",
  collectives: "exchanges over links",
  memory: "bytes of real runs",
  mixed: "several vendors in one run",
  plans: "published tuned plans against the planner's own",
  fleet: "jobs, failures, power and cost",
};

function ValidationRun({spec, table}: {spec: CommandSpec; table: string}) {
  const job = useJob(kCommand, table);
  const [texts, setTexts] = useKept<Record<string, string>>("options validate", {});
  const options = spec.options.filter((option) => option.name !== kTable);
  const start = () => job.start({options: {...optionsOf(options, texts), [kTable]: table}});
  return (
    <div class="results">
      <section class="panel">
        <OptionsForm name="validate" options={options} texts={texts} problems={job.problems} onTexts={setTexts} />
        <div class="row">
          <button type="button" class="main" disabled={job.running} onClick={() => void start()}>
            Predict and compare
          </button>
        </div>
        <JobPanel job={job} />
      </section>
      <Problems problems={job.problems.filter((problem) => !problem.field?.startsWith("options."))} />
      {job.answer && <PageView page={job.answer.page} verdict={job.answer.verdict} stale={job.running} />}
    </div>
  );
}

export function ValidationPage({table}: {table: string | undefined}) {
  const {spec, problems} = useCommand(kCommand);
  const tables = spec?.options.find((option) => option.name === kTable)?.choices ?? [];
  const chosen = table && tables.includes(table) ? table : tables.includes("train") ? "train" : tables[0];
  return (
    <div class="split side-list">
      <nav class="pane" aria-label="Tables of measurements">
        <ul class="choices">
          {tables.map((name) => (
            <li key={name}>
              <a href={`#/validation/${name}`} aria-current={name === chosen ? "page" : undefined}>
                {name}
                <small>{kTitles[name] ?? ""}</small>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {spec && chosen ? <ValidationRun key={chosen} spec={spec} table={chosen} /> : <Problems problems={problems} />}
    </div>
  );
}
