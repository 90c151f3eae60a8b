// The options of a command as a form, made from the API's description.
import type {Json, Problem} from "../documents";
import {valueOfText, type FieldTexts} from "../forms/field";
import {FieldInput, ProblemLine} from "../forms/field_input";
import type {OptionSpec} from "./commands";

export function optionsOf(specs: OptionSpec[], texts: FieldTexts): Record<string, Json> {
  const options: Record<string, Json> = {};
  for (const {name, kind} of specs) {
    const text = texts[name]?.trim();
    if (text) options[name] = valueOfText(kind, text);
  }
  return options;
}

/** "YYYY-MM-DD" says how to write it; "N" says nothing. */
const typeText = (type: string): string => (type.length > 2 ? type.toLowerCase() : "");

/** Options that only change what a terminal prints or which files are written. */
const kNotForPages = new Set(["explain", "hourly", "data"]);

const words = (name: string): string => {
  const text = name.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export interface OptionsFormProps {
  name: string;
  options: OptionSpec[];
  texts: FieldTexts;
  problems: Problem[];
  onTexts: (texts: FieldTexts) => void;
}

function OptionCheck({name, option, texts, onTexts}: {option: OptionSpec} & Omit<OptionsFormProps, "options" | "problems">) {
  const id = `${name}-options.${option.name}`;
  const on = (texts[option.name] ?? String(option.usual ?? false)) === "true";
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={on}
        onChange={(event) => onTexts({...texts, [option.name]: String(event.currentTarget.checked)})}
      />
      <label for={id}>
        {words(option.name)} <span class="muted">{option.help}</span>
      </label>
    </div>
  );
}

export function OptionsForm({name, options: all, texts, problems, onTexts}: OptionsFormProps) {
  const options = all.filter((option) => !kNotForPages.has(option.name));
  const inputs = options.filter((option) => option.kind !== "truth");
  const checks = options.filter((option) => option.kind === "truth");
  const wrong = (option: OptionSpec) => problems.filter((problem) => problem.field === `options.${option.name}`);
  if (options.length === 0) return null;
  return (
    <fieldset class="options">
      <legend>Options</legend>
      <div class="fields">
        {inputs.map((option) => (
          <FieldInput
            key={option.name}
            form={name}
            field={{
              key: `options.${option.name}`,
              label: words(option.name),
              kind: option.kind,
              help: option.help,
              ...(option.choices.length && {choices: option.choices}),
            }}
            text={texts[option.name] ?? ""}
            assumed={option.usual === undefined || option.usual === null ? typeText(option.type) : String(option.usual)}
            problems={wrong(option)}
            onText={(_, text) => onTexts({...texts, [option.name]: text})}
          />
        ))}
      </div>
      {checks.map((option) => (
        <>
          <OptionCheck key={option.name} name={name} option={option} texts={texts} onTexts={onTexts} />
          {wrong(option).map((problem, at) => (
            <p class="problem" key={at}>
              <ProblemLine problem={problem} />
            </p>
          ))}
        </>
      ))}
    </fieldset>
  );
}
