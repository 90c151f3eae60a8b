// Serving: one replica in steady state, live; a service request by request and the fleet that meets
// targets as jobs.
import type {Json, JsonTable} from "../documents";
import {isTable} from "../documents";
import {useKept} from "../kept";
import {ScenarioJob} from "../scenario/scenario_job";
import {Tabs} from "../tabs";
import {LiveQuestion} from "./live_question";
import {kServeGroups, kServeStart} from "./serve_fields";

/** What the answer assumed, by the keys of the form. */
function assumedOf(result: Json | undefined): JsonTable {
  if (!isTable(result)) return {};
  const assumed: JsonTable = {};
  const list = Array.isArray(result.assumptions) ? result.assumptions : [];
  for (const each of list)
    if (isTable(each) && typeof each.setting === "string") assumed[each.setting.replaceAll(" ", "_")] = each.value ?? null;
  return assumed;
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
      {tab === "estimate" && (
        <LiveQuestion
          name="serve"
          command="estimate serve"
          groups={kServeGroups}
          start={kServeStart}
          query={query}
          assumedOf={assumedOf}
          example={{key: "settings.max_sequences", value: "64"}}
        />
      )}
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
