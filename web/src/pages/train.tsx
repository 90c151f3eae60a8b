// Training: a form whose estimate follows every change, and the planner that looks for better
// settings.
// Training: the estimate follows the form; the planner runs as a job beside it.
import type {Json} from "../documents";
import {isTable, valueAt} from "../documents";
import {useKept} from "../kept";
import {Tabs} from "../tabs";
import {LiveQuestion} from "./live_question";
import {kTrainGroups, kTrainStart} from "./train_fields";
import {TrainPlans} from "./train_plans";

/** What the answer assumed, by the keys of a scenario. */
function assumedOf(result: Json | undefined): Json {
  const scenario = valueAt(result, "scenario");
  const recipe = valueAt(scenario, "plan.precision.name") ?? null;
  return isTable(scenario) ? {...scenario, precision: recipe} : {};
}

export function TrainPage({query}: {query: URLSearchParams}) {
  const [tab, setTab] = useKept("train tab", "estimate");
  return (
    <LiveQuestion
      name="train"
      command="estimate train"
      groups={kTrainGroups}
      start={kTrainStart}
      query={query}
      assumedOf={assumedOf}
      example={{key: "plan.overlap.tensor", value: "0.6"}}
    >
      {({question, use, answer}) => (
        <>
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
            answer
          ) : (
            <TrainPlans
              question={question}
              onUse={(settings) => {
                use(settings);
                setTab("estimate");
              }}
            />
          )}
        </>
      )}
    </LiveQuestion>
  );
}
