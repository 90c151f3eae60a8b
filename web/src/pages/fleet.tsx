// Fleets: gigawatts over years with futures, purchases, deals, and clusters that run traces of jobs.
import {useKept} from "../kept";
import {useCommands} from "../scenario/commands";
import {ScenarioJob} from "../scenario/scenario_job";
import {Tabs} from "../tabs";

interface FleetQuestion {
  id: string;
  title: string;
  action: string;
  lead: string;
  first?: string;
}

const kQuestions: FleetQuestion[] = [
  {
    id: "simulate fleet",
    title: "Fleet over years",
    action: "Run",
    first: "fleet/small.toml",
    lead: "Deliveries, work, energy, carbon and money of a fleet; with futures, the spread of each.",
  },
  {id: "plan fleet", title: "What to buy", action: "Plan", lead: "The purchases that meet demand at least cost."},
  {id: "value deal", title: "A deal's worth", action: "Value", lead: "What warrants and capital of a supply deal are worth."},
  {id: "simulate jobs", title: "Jobs on a cluster", action: "Run", lead: "Queueing, placement, failures and checkpoints of a trace of jobs."},
];

export function FleetPage() {
  const known = useCommands().commands.map((each) => each.command);
  const [chosen, setChosen] = useKept("fleet tab", "simulate fleet");
  // All until it is known which the program answers: the chosen one must not change meanwhile.
  const shown = kQuestions.filter((each) => known.length === 0 || known.includes(each.id));
  const question = shown.find((each) => each.id === chosen) ?? shown[0];
  if (!question) return null;
  return (
    <>
      <Tabs label="Questions" tabs={shown} chosen={question.id} onChoose={setChosen} />
      <ScenarioJob key={question.id} command={question.id} action={question.action} lead={question.lead} {...(question.first && {first: question.first})} />
    </>
  );
}
