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
  /** Called when a scenario is chosen; what it gives takes the text, which comes a moment later. */
  onChoose: () => (path: string, text: string) => void;
  onProblems: (problems: Problem[]) => void;
}

export interface Shipped {
  /** Null until they are known. */
  shipped: ShippedScenario[] | null;
  problems: Problem[];
}

export function useShipped(command: string): Shipped {
  const {data, problems} = useResource<ShippedScenario[]>("scenarios");
  return {shipped: data && data.filter((scenario) => scenario.command === command), problems};
}

export function ShippedChoice({id, label, command, chosen, none, onChoose, onProblems}: ShippedChoiceProps) {
  const shipped = useShipped(command).shipped ?? [];
  const [loading, setLoading] = useState(false);
  const choose = async (path: string) => {
    const take = onChoose();
    if (path === "") return take("", "");
    setLoading(true);
    try {
      take(path, await shippedText(path));
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
