// One labelled input with its unit, its help and the problems that belong to it. What would be
// assumed for an empty input stands in it, greyed.
import type {Problem} from "../documents";
import type {FieldSpec} from "./field";
import {listId} from "./suggestions";

export interface FieldInputProps {
  form: string;
  field: FieldSpec;
  text: string;
  assumed?: string;
  problems: Problem[];
  onText: (key: string, text: string) => void;
}

export function ProblemLine({problem}: {problem: Problem}) {
  return (
    <>
      <span class="what">{problem.what}</span>
      {problem.fix && <span class="fix">{problem.fix}</span>}
    </>
  );
}

const kTruths = ["true", "false"];

export function FieldInput({form, field, text, assumed, problems, onText}: FieldInputProps) {
  const id = `${form}-${field.key}`;
  // A closed list is a list from the first moment, also while its values are on their way.
  const choices = field.kind === "truth" ? kTruths : (field.choices ?? (field.kind === "choice" ? [] : undefined));
  const described = [`${id}-help`, ...(problems.length ? [`${id}-problem`] : [])].join(" ");
  const shared = {
    id,
    name: field.key,
    "aria-describedby": described,
    "aria-invalid": problems.length > 0,
  };
  return (
    <>
    <div class={`field${field.span ? ` span-${field.span}` : ""}${problems.length ? " wrong" : ""}${text ? " stated" : ""}`}>
      <label for={id} title={field.help}>
        {field.label}
      </label>
      <div class="input">
        {choices ? (
          <select {...shared} value={text} onChange={(event) => onText(field.key, event.currentTarget.value)}>
            <option value="">{assumed ? `${assumed} (assumed)` : "open"}</option>
            {text && !choices.includes(text) && <option value={text}>{text}</option>}
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...shared}
            type="text"
            inputMode={field.kind === "integer" ? "numeric" : field.kind === "number" ? "decimal" : "text"}
            autoComplete="off"
            spellcheck={false}
            value={text}
            placeholder={assumed ?? ""}
            list={field.suggest ? listId(field.suggest) : undefined}
            onInput={(event) => onText(field.key, event.currentTarget.value)}
          />
        )}
        {field.unit && <span class="unit">{field.unit}</span>}
      </div>
      <p class="help" id={`${id}-help`}>
        {field.help}
      </p>
    </div>
      {problems.length > 0 && (
        <p class="problem below" id={`${id}-problem`}>
          {problems.map((problem, place) => (
            <ProblemLine key={place} problem={problem} />
          ))}
        </p>
      )}
    </>
  );
}
