// A choice among the scenarios that the program carries.
import {useState} from "preact/hooks";
import {problemsFrom, shippedText} from "../api";
import type {Problem, ShippedScenario} from "../documents";
import {useResource} from "../resource";

export interface ShippedChoiceProps {
  id: string;
  label: string;
  command: string;
  chosen: string;
  none: string;
  onText: (path: string, text: string) => void;
  onProblems: (problems: Problem[]) => void;
}

export function useShipped(command: string): ShippedScenario[] {
  const {data} = useResource<ShippedScenario[]>("scenarios");
  return (data ?? []).filter((scenario) => scenario.command === command);
}

export function ShippedChoice({id, label, command, chosen, none, onText, onProblems}: ShippedChoiceProps) {
  const shipped = useShipped(command);
  const [loading, setLoading] = useState(false);
  const choose = async (path: string) => {
    if (path === "") return onText("", "");
    setLoading(true);
    try {
      onText(path, await shippedText(path));
    } catch (error) {
      onProblems(problemsFrom(error));
    } finally {
      setLoading(false);
    }
  };
  return (
    <div class="field span-6">
      <label for={id}>{label}</label>
      <div class="input">
        <select id={id} value={chosen} disabled={loading} onChange={(event) => void choose(event.currentTarget.value)}>
          <option value="">{none}</option>
          {shipped.map(({path, title}) => (
            <option key={path} value={path}>
              {title || path}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
