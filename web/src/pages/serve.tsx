// Serving: one replica in steady state, live; a service request by request and the fleet that meets
// targets as jobs.
import {Actions} from "../answers/actions";
import {useLive} from "../answers/live";
import {LiveView} from "../answers/live_view";
import type {Json, JsonTable} from "../documents";
import {isTable} from "../documents";
import {problemsElsewhere} from "../forms/form";
import {questionOf, useQuestionForm} from "../forms/question_form";
import {scenarioToml} from "../forms/toml_text";
import {useKept} from "../kept";
import {ScenarioJob} from "../scenario/scenario_job";
import {Tabs} from "../tabs";
import {QuestionPane} from "./question_pane";
import {kServeGroups, kServeStart} from "./serve_fields";

const kCommand = "estimate serve";

/** What the answer assumed, by the keys of the form. */
function assumedOf(result: Json | undefined): JsonTable {
  if (!isTable(result)) return {};
  const assumed: JsonTable = {};
  const list = Array.isArray(result.assumptions) ? result.assumptions : [];
  for (const each of list)
    if (isTable(each) && typeof each.setting === "string") assumed[each.setting.replaceAll(" ", "_")] = each.value ?? null;
  return assumed;
}

function ServeEstimate({query}: {query: URLSearchParams}) {
  const [form, setForm] = useQuestionForm("serve", kServeGroups, kServeStart, query);
  const question = questionOf(kServeGroups, form);
  const live = useLive(kCommand, question);
  const others = problemsElsewhere(kServeGroups, live.problems, form.rows.map((row) => row.key.trim()));
  return (
    <div class="split">
      <QuestionPane
        name="serve"
        command={kCommand}
        groups={kServeGroups}
        start={kServeStart}
        form={form}
        setForm={setForm}
        problems={live.problems}
        assumed={assumedOf(live.answer?.result)}
        example={{key: "settings.max_sequences", value: "64"}}
      />
      <div class="results">
        <LiveView live={live} others={others}>
          <Actions
            command={kCommand}
            question={question}
            result={live.answer?.result}
            scenario={() => scenarioToml(question.set ?? {}, form.base?.text)}
            shareable={!form.own && !form.base}
          />
        </LiveView>
      </div>
    </div>
  );
}

export function ServePage({query}: {query: URLSearchParams}) {
  const [tab, setTab] = useKept("serve tab", "estimate");
  return (
    <>
      <Tabs
        label="Questions"
        tabs={[
          {id: "estimate", title: "One replica"},
          {id: "simulate", title: "A service over time"},
          {id: "plan", title: "The fleet for a load"},
        ]}
        chosen={tab}
        onChoose={setTab}
      />
      {tab === "estimate" && <ServeEstimate query={query} />}
      {tab === "simulate" && (
        <ScenarioJob
          key={tab}
          command="simulate serve"
          action="Simulate"
          lead="Pools, routers, failures and traffic, request by request."
        />
      )}
      {tab === "plan" && (
        <ScenarioJob
          key={tab}
          command="plan serve"
          action="Plan"
          lead="The cheapest mix of parts on offer that keeps the latency targets."
        />
      )}
    </>
  );
}
