// A form made from a table of fields. Problems whose field is a key of the form stand at its input;
// the caller shows the others.
import type {Json, Problem} from "../documents";
import {valueAt} from "../documents";
import type {FieldGroup, FieldSpec, FieldTexts, SuggestionList} from "./field";
import {fieldsOf, textOfValue} from "./field";
import {FieldInput} from "./field_input";
import type {SettingSpec} from "../scenario/commands";
import {SuggestionData} from "./suggestions";

export interface FormProps {
  name: string;
  groups: readonly FieldGroup[];
  texts: FieldTexts;
  problems: Problem[];
  /** What the API says of the command's settings: closed lists come from there. */
  settings: SettingSpec[];
  /** Where the values that the last answer assumed stand; keys as in the form. */
  assumed?: Json;
  onText: (key: string, text: string) => void;
}

const belongsTo = (key: string) => (problem: Problem): boolean => problem.field === key;

export function problemsElsewhere(groups: readonly FieldGroup[], problems: Problem[], alsoShown: string[] = []): Problem[] {
  const keys = new Set([...fieldsOf(groups).map((field) => field.key), ...alsoShown]);
  return problems.filter((problem) => !problem.field || !keys.has(problem.field));
}

function listsOf(groups: readonly FieldGroup[]): SuggestionList[] {
  return [...new Set(fieldsOf(groups).flatMap((field) => field.suggest ?? []))];
}

/** The field with its closed list, where its setting has one. */
function withChoices(field: FieldSpec, settings: SettingSpec[]): FieldSpec {
  const choices = settings.find((setting) => setting.key === field.key)?.choices ?? [];
  return choices.length ? {...field, choices} : field;
}

export function FormFields({name, groups, texts, problems, settings, assumed, onText}: FormProps) {
  return (
    <>
      {listsOf(groups).map((list) => (
        <SuggestionData key={list} list={list} />
      ))}
      {groups.map((group) => {
        const inputs = group.fields.map((field) => (
          <FieldInput
            key={field.key}
            form={name}
            field={withChoices(field, settings)}
            text={texts[field.key] ?? ""}
            assumed={textOfValue(valueAt(assumed, field.key))}
            problems={problems.filter(belongsTo(field.key))}
            onText={onText}
          />
        ));
        if (!group.folded)
          return (
            <fieldset key={group.title}>
              <legend>{group.title}</legend>
              <div class="fields">{inputs}</div>
            </fieldset>
          );
        const used = group.fields.filter((field) => texts[field.key]);
        const wrong = group.fields.some((field) => problems.some(belongsTo(field.key)));
        return (
          <details key={group.title} class="folded" open={wrong || undefined}>
            <summary>
              {group.title}
              {used.length > 0 && <span class="count">{used.length} stated</span>}
            </summary>
            <div class="fields">{inputs}</div>
          </details>
        );
      })}
    </>
  );
}
