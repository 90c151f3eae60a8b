// The left half of train and serve: start from a shipped scenario, the generated form, an own model
// and further keys.
import {useState} from "preact/hooks";
import type {Json, Problem} from "../documents";
import type {FieldGroup, FieldTexts} from "../forms/field";
import {FormFields} from "../forms/form";
import {KeyValues} from "../forms/key_values";
import {OwnModel} from "../forms/own_model";
import type {BaseScenario, QuestionForm} from "../forms/question_form";
import type {Change} from "../kept";
import {useCommand} from "../scenario/commands";
import {ShippedChoice} from "../scenario/shipped";

export interface QuestionPaneProps {
  name: string;
  command: string;
  groups: readonly FieldGroup[];
  start: FieldTexts;
  form: QuestionForm;
  setForm: Change<QuestionForm>;
  problems: Problem[];
  assumed?: Json;
  example: {key: string; value: string};
}

/** The scenario alone, with what was typed over it while it came. */
function ofScenario(base: BaseScenario, before: QuestionForm, now: QuestionForm): QuestionForm {
  const typed = Object.entries(now.texts).filter(([key, text]) => text !== (before.texts[key] ?? ""));
  return {base, texts: Object.fromEntries(typed), rows: [], own: null};
}

function withoutScenario(old: QuestionForm, start: FieldTexts): QuestionForm {
  return {...old, base: null, texts: Object.keys(old.texts).length ? old.texts : start};
}

export function QuestionPane(props: QuestionPaneProps) {
  const {name, command, groups, form, setForm, problems, start} = props;
  const {spec} = useCommand(command);
  const [shippedProblems, setShippedProblems] = useState<Problem[]>([]);
  const ofModel = problems.filter((problem) => form.own !== null && (problem.field === "model" || problem.field?.startsWith("models") || problem.file === form.own.name));
  return (
    <form class="pane" aria-label="Question" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>Start from</legend>
        <div class="fields">
          <ShippedChoice
            id={`${name}-base`}
            label="Scenario"
            command={command}
            chosen={form.base?.path ?? ""}
            none="the fields below alone"
            onChoose={() => {
              const before = form;
              return (path, text) => setForm((old) => (path ? ofScenario({path, text}, before, old) : withoutScenario(old, start)));
            }}
            onProblems={setShippedProblems}
          />
        </div>
        {form.base && <p class="muted">Fields below change this scenario; empty ones show its values.</p>}
        {shippedProblems.map((problem, at) => (
          <p key={at} class="problem">
            {problem.what}
          </p>
        ))}
      </fieldset>
      <FormFields
        name={name}
        groups={groups}
        texts={form.own ? {...form.texts, model: form.own.name} : form.texts}
        problems={problems}
        settings={spec?.settings ?? []}
        assumed={props.assumed}
        onText={(key, text) => setForm((old) => ({...old, own: key === "model" ? null : old.own, texts: {...old.texts, [key]: text}}))}
      />
      <OwnModel form={name} model={form.own} problems={ofModel} onModel={(own) => setForm((old) => ({...old, own}))} />
      <KeyValues
        form={name}
        rows={form.rows}
        problems={problems}
        example={props.example}
        settings={spec?.settings ?? []}
        onRows={(rows) => setForm((old) => ({...old, rows}))}
      />
      <div class="row">
        <button type="button" class="quiet" onClick={() => setForm({texts: start, rows: [], own: null, base: null})}>
          Begin anew
        </button>
      </div>
    </form>
  );
}
