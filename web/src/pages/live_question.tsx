// A question whose answer follows its form: the form at the left, the answer at the right; what
// train and serve have in common.
import type {ComponentChildren} from "preact";
import {Actions} from "../answers/actions";
import {useLive} from "../answers/live";
import {LiveView} from "../answers/live_view";
import type {Json, Question} from "../documents";
import type {FieldGroup, FieldTexts} from "../forms/field";
import {problemsElsewhere} from "../forms/form";
import {questionOf, useQuestionForm, withSettings} from "../forms/question_form";
import {scenarioToml} from "../forms/toml_text";
import {QuestionPane} from "./question_pane";

/** What the right half is made of. */
export interface LiveParts {
  question: Question;
  /** Lays settings over the form. */
  use: (settings: Record<string, Json>) => void;
  /** The live answer with what can be done with it. */
  answer: ComponentChildren;
}

export interface LiveQuestionProps {
  name: string;
  command: string;
  groups: readonly FieldGroup[];
  start: FieldTexts;
  query: URLSearchParams;
  /** What an answer assumed, by the keys of the form. */
  assumedOf: (result: Json | undefined) => Json;
  /** A further key, shown as an example. */
  example: {key: string; value: string};
  /** Open: the answer alone. */
  children?: (parts: LiveParts) => ComponentChildren;
}

export function LiveQuestion(props: LiveQuestionProps) {
  const {name, command, groups, start, query, assumedOf, example, children} = props;
  const [form, setForm] = useQuestionForm(name, groups, start, query);
  const question = questionOf(groups, form);
  const live = useLive(command, question);
  const rows = form.rows.map((row) => row.key.trim());
  const answer = (
    <LiveView live={live} others={problemsElsewhere(groups, live.problems, rows)}>
      <Actions
        command={command}
        question={question}
        result={live.answer?.result}
        scenario={() => scenarioToml(question.set ?? {}, form.base?.text)}
        shareable={!form.own && !form.base}
      />
    </LiveView>
  );
  const use = (settings: Record<string, Json>) => setForm((old) => withSettings(groups, old, settings));
  return (
    <div class="split">
      <QuestionPane
        name={name}
        command={command}
        groups={groups}
        start={start}
        form={form}
        setForm={setForm}
        problems={live.problems}
        assumed={assumedOf(live.answer?.result)}
        example={example}
      />
      <div class="results">{children ? children({question, use, answer}) : answer}</div>
    </div>
  );
}
