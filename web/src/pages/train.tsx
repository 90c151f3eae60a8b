// Training: a form whose estimate follows every change, and the planner that looks for better
// settings.
import {Actions} from "../answers/actions";
import {useLive} from "../answers/live";
import {LiveView} from "../answers/live_view";
import type {Json} from "../documents";
import {valueAt} from "../documents";
import {problemsElsewhere} from "../forms/form";
import {questionOf, useQuestionForm, withSettings} from "../forms/question_form";
import {scenarioToml} from "../forms/toml_text";
import {useKept} from "../kept";
import {QuestionPane} from "./question_pane";
import {kTrainGroups, kTrainStart} from "./train_fields";
import {TrainPlans} from "./train_plans";
import {Tabs} from "../tabs";

const kCommand = "estimate train";

/** What the answer assumed, by the keys of a scenario. */
export function assumedOf(result: Json | undefined): Json {
  const scenario = valueAt(result, "scenario") ?? {};
  const recipe = valueAt(scenario, "plan.precision.name") ?? null;
  return typeof scenario === "object" && scenario !== null && !Array.isArray(scenario) ? {...scenario, precision: recipe} : {};
}

export function TrainPage({query}: {query: URLSearchParams}) {
  const [form, setForm] = useQuestionForm("train", kTrainGroups, kTrainStart, query);
  const [tab, setTab] = useKept("train tab", "estimate");
  const question = questionOf(kTrainGroups, form);
  const live = useLive(kCommand, question);
  const shown = form.rows.map((row) => row.key.trim());
  const others = problemsElsewhere(kTrainGroups, live.problems, shown);
  return (
    <div class="split">
      <QuestionPane
        name="train"
        command={kCommand}
        groups={kTrainGroups}
        start={kTrainStart}
        form={form}
        setForm={setForm}
        problems={live.problems}
        assumed={assumedOf(live.answer?.result)}
        example={{key: "plan.overlap.tensor", value: "0.6"}}
      />
      <div class="results">
        <Tabs
          label="Answers"
          tabs={[
            {id: "estimate", title: "Estimate"},
            {id: "plan", title: "Plan"},
          ]}
          chosen={tab}
          onChoose={setTab}
        />
        {tab === "estimate" ? (
          <LiveView live={live} others={others}>
            <Actions
              command={kCommand}
              question={question}
              result={live.answer?.result}
              scenario={() => scenarioToml(question.set ?? {}, form.base?.text)}
              shareable={!form.own && !form.base}
            />
          </LiveView>
        ) : (
          <TrainPlans
            question={question}
            onUse={(settings) => {
              setForm((old) => withSettings(kTrainGroups, old, settings));
              setTab("estimate");
            }}
          />
        )}
      </div>
    </div>
  );
}
