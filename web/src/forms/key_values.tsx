// Every further key of a scenario, as rows of key and value: what `--set KEY=VALUE` is on the
// command line.
import type {Json, Problem} from "../documents";
import {valueOfAny} from "./field";
import {ProblemLine} from "./field_input";
import type {SettingSpec} from "../scenario/commands";

export interface KeyValue {
  key: string;
  value: string;
}

export function settingsOfRows(rows: KeyValue[]): Record<string, Json> {
  const settings: Record<string, Json> = {};
  for (const {key, value} of rows) if (key.trim() && value.trim()) settings[key.trim()] = valueOfAny(value);
  return settings;
}

export interface KeyValuesProps {
  form: string;
  rows: KeyValue[];
  problems: Problem[];
  example: KeyValue;
  /** Keys that are suggested while typing, with what they mean. */
  settings: SettingSpec[];
  onRows: (rows: KeyValue[]) => void;
}

export function KeyValues({form, rows, problems, example, settings, onRows}: KeyValuesProps) {
  const change = (place: number, part: Partial<KeyValue>) =>
    onRows(rows.map((row, at) => (at === place ? {...row, ...part} : row)));
  return (
    <fieldset class="key-values">
      <legend>Further keys</legend>
      {rows.length > 0 && (
        <datalist id={`${form}-keys`}>
          {settings.map(({key, help}) => (
            <option key={key} value={key}>
              {help}
            </option>
          ))}
        </datalist>
      )}
      {rows.map((row, place) => {
        const wrong = problems.filter((problem) => row.key.trim() !== "" && problem.field === row.key.trim());
        const note = `${form}-row-${place}-problem`;
        return (
          <div class="row" key={place}>
            <input
              type="text"
              aria-label={`Key ${place + 1}`}
              placeholder={example.key}
              autoComplete="off"
              spellcheck={false}
              value={row.key}
              list={`${form}-keys`}
              aria-invalid={wrong.length > 0}
              aria-describedby={wrong.length ? note : undefined}
              onInput={(event) => change(place, {key: event.currentTarget.value})}
            />
            <input
              type="text"
              aria-label={`Value ${place + 1}`}
              placeholder={example.value}
              autoComplete="off"
              spellcheck={false}
              value={row.value}
              onInput={(event) => change(place, {value: event.currentTarget.value})}
            />
            <button
              type="button"
              class="quiet icon"
              aria-label={`Remove key ${place + 1}`}
              onClick={() => onRows(rows.filter((_, at) => at !== place))}
            >
              ×
            </button>
            {wrong.length > 0 && (
              <p class="problem" id={note}>
                {wrong.map((problem, at) => (
                  <ProblemLine key={at} problem={problem} />
                ))}
              </p>
            )}
          </div>
        );
      })}
      <button type="button" class="quiet add" onClick={() => onRows([...rows, {key: "", value: ""}])}>
        + Add a key
      </button>
    </fieldset>
  );
}
