// The planner's tab: starts `plan train` as a job, shows its best plans, and takes one into the form.
import {JobPanel} from "../answers/job_panel";
import {useJob} from "../answers/job";
import {PageView} from "../answers/page_view";
import {Problems} from "../answers/problems";
import type {Json, JsonTable, Question} from "../documents";
import {isTable, valueAt} from "../documents";
import {useKept} from "../kept";
import {OptionsForm, optionsOf} from "../scenario/options_form";
import {useCommand} from "../scenario/commands";
import {settingsOf} from "../forms/field";
import {FormFields, problemsElsewhere} from "../forms/form";
import {isPlanChoice, kSearchGroups} from "./train_fields";

const kCommand = "plan train";

export interface TrainPlansProps {
  question: Question;
  onUse: (settings: Record<string, Json>) => void;
}

/** {"layout": {"tensor": 8}} as {"plan.layout.tensor": 8}. */
export function flattened(prefix: string, table: JsonTable): Record<string, Json> {
  const flat: Record<string, Json> = {};
  for (const [key, value] of Object.entries(table)) {
    if (isTable(value)) Object.assign(flat, flattened(`${prefix}.${key}`, value));
    else flat[`${prefix}.${key}`] = value;
  }
  return flat;
}

function planSettings(plan: JsonTable, devices: Json | undefined): Record<string, Json> {
  const settings = flattened("plan", plan);
  return typeof devices === "number" ? {...settings, devices} : settings;
}

const kDegrees: readonly [string, string][] = [
  ["layout.tensor", "TP"],
  ["layout.pipeline", "PP"],
  ["layout.data", "DP"],
  ["layout.context", "CP"],
  ["layout.expert", "EP"],
  ["layout.virtual_stages", "VPP"],
  ["micro_batch", "micro"],
  ["schedule", "schedule"],
  ["sharding", "sharding"],
  ["recompute", "recompute"],
];

const number = (value: Json | undefined, digits = 4): string =>
  typeof value === "number" ? value.toLocaleString("en", {maximumSignificantDigits: digits}) : "";

function BestPlans({result, onUse}: {result: Json; onUse: TrainPlansProps["onUse"]}) {
  const best = (valueAt(result, "best") as JsonTable[] | undefined) ?? [];
  const plans = best.filter((each) => isTable(each.plan));
  if (plans.length === 0) return null;
  return (
    <section class="panel">
      <h2>Take a plan into the form</h2>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Plans to take">
        <table class="dense">
          <thead>
            <tr>
              <th scope="col"><span class="unseen">Use</span></th>
              <th scope="col" class="number">#</th>
              {kDegrees.map(([, head]) => (
                <th key={head} scope="col" class="number">
                  {head}
                </th>
              ))}
              <th scope="col" class="number">step s</th>
              <th scope="col" class="number">tokens/s</th>
              <th scope="col" class="number">USD/step</th>
              <th scope="col" class="number">memory left</th>
            </tr>
          </thead>
          <tbody>
            {plans.map((each, place) => (
              <tr key={place}>
                <td>
                  <button type="button" aria-label={`Use this plan: ${place + 1}`} onClick={() => onUse(planSettings(each.plan as JsonTable, each.devices))}>
                    Use
                  </button>
                </td>
                <td class="number">{place + 1}</td>
                {kDegrees.map(([key]) => (
                  <td key={key} class="number">
                    {String(valueAt(each.plan, key) ?? "")}
                  </td>
                ))}
                <td class="number">{number(each.step_time_s)}</td>
                <td class="number">{number(each.tokens_per_s, 5)}</td>
                <td class="number">{number(each.cost_usd)}</td>
                <td class="number">
                  {typeof each.memory_head_room === "number" ? `${(each.memory_head_room * 100).toFixed(1)} %` : ""}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function TrainPlans({question, onUse}: TrainPlansProps) {
  const job = useJob(kCommand);
  const {spec: command, problems: unknown} = useCommand(kCommand);
  const [pinned, setPinned] = useKept("plan train pinned", false);
  const [search, setSearch] = useKept<Record<string, string>>("plan train search", {});
  const [options, setOptions] = useKept<Record<string, string>>("plan train options", {front: "true"});
  const stated = Object.keys(question.set ?? {}).filter(isPlanChoice);
  const set = Object.fromEntries(Object.entries(question.set ?? {}).filter(([key]) => pinned || !isPlanChoice(key)));
  const asked: Question = {...question, set: {...set, ...settingsOf(kSearchGroups, search)}, options: optionsOf(command?.options ?? [], options)};
  return (
    <div class="live">
      <section class="panel">
        <p class="muted">
          Searches degrees, micro-batch, schedule, sharding and recomputation for the question at the left.
        </p>
        {stated.length > 0 && (
          <label class="check">
            <input type="checkbox" checked={pinned} onChange={(event) => setPinned(event.currentTarget.checked)} />
            Hold what the form states: {stated.map((key) => key.replace(/^plan\.(layout\.)?/, "")).join(", ")}
          </label>
        )}
        <div class="options">
          <FormFields
            name="plan"
            groups={kSearchGroups}
            texts={search}
            problems={job.problems}
            settings={command?.settings ?? []}
            onText={(key, text) => setSearch((old) => ({...old, [key]: text}))}
          />
        </div>
        <OptionsForm name="plan-train" options={command?.options ?? []} texts={options} problems={job.problems} onTexts={setOptions} />
        <div class="row">
          <button type="button" class="main" disabled={job.running || !command} onClick={() => void job.start(asked)}>
            Plan
          </button>
        </div>
        <JobPanel job={job} />
      </section>
      <Problems problems={[...unknown, ...problemsElsewhere(kSearchGroups, job.problems)]} />
      {job.answer && (
        <>
          <BestPlans result={job.answer.result} onUse={onUse} />
          <PageView page={job.answer.page} verdict={job.answer.verdict} stale={job.running} />
        </>
      )}
    </div>
  );
}
