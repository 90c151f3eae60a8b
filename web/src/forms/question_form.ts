// The state of a form that asks a question: its inputs, further keys, an own model and a shipped
// scenario below them; kept over page changes and written into the address so that it can be shared.
import {useLayoutEffect} from "preact/hooks";
import type {Json, Question} from "../documents";
import {type Change, useKept} from "../kept";
import {replaceAddress} from "../route";
import type {FieldGroup, FieldTexts} from "./field";
import {fieldsOf, settingsOf, textOfValue} from "./field";
import type {KeyValue} from "./key_values";
import {settingsOfRows} from "./key_values";
import type {OwnModelText} from "./own_model";

export interface BaseScenario {
  path: string;
  text: string;
}

export interface QuestionForm {
  texts: FieldTexts;
  rows: KeyValue[];
  own: OwnModelText | null;
  base: BaseScenario | null;
}

export function questionOf(groups: readonly FieldGroup[], form: QuestionForm): Question {
  const set = {...settingsOf(groups, form.texts), ...settingsOfRows(form.rows)};
  const question: Question = {set};
  if (form.base) question.scenario = {file: form.base.path, text: form.base.text};
  if (form.own) {
    question.models = {[form.own.name]: form.own.text};
    set.model = form.own.name;
  }
  return question;
}

/** The form with these settings laid over it: known keys in their fields, the others as rows. */
export function withSettings(groups: readonly FieldGroup[], form: QuestionForm, settings: Record<string, Json>): QuestionForm {
  const known = new Set(fieldsOf(groups).map((field) => field.key));
  const texts = {...form.texts};
  const rows = form.rows.filter((row) => !(row.key in settings));
  for (const [key, value] of Object.entries(settings)) {
    if (known.has(key)) texts[key] = textOfValue(value);
    else rows.push({key, value: Array.isArray(value) ? JSON.stringify(value) : textOfValue(value)});
  }
  return {...form, texts, rows};
}

const emptyForm = (texts: FieldTexts): QuestionForm => ({texts, rows: [], own: null, base: null});

/** Addresses that were followed already: a form shown again keeps what was typed since. */
const followed = new WeakSet<URLSearchParams>();

/** The form that an address asks for, laid over the present one. */
function formOfAddress(groups: readonly FieldGroup[], old: QuestionForm, query: URLSearchParams): QuestionForm {
  if (query.toString() === "") return old;
  const settings = Object.fromEntries(query.entries());
  if ("add" in settings) {
    // A part chosen on another page: into the form as it stands.
    const {add: _, ...part} = settings;
    return withSettings(groups, {...old, own: "model" in part ? null : old.own}, part);
  }
  const same = new URLSearchParams(addressQuery(old)).toString();
  return same === query.toString() ? old : withSettings(groups, emptyForm({}), settings);
}

/** Keys of the address's query are settings; without any, what was there before or the start. */
export function useQuestionForm(
  name: string,
  groups: readonly FieldGroup[],
  start: FieldTexts,
  query: URLSearchParams,
): [QuestionForm, Change<QuestionForm>] {
  const [form, setForm] = useKept<QuestionForm>(`form ${name}`, emptyForm(start));
  if (!followed.has(query)) {
    // While rendering, so that nothing is asked or shown for a form that the address replaces.
    followed.add(query);
    const asked = formOfAddress(groups, form, query);
    if (asked !== form) setForm(asked);
  }
  // Before anything else can happen: a link followed next must not be overwritten.
  useLayoutEffect(() => replaceAddress([name], addressQuery(form)), [form, query]);
  return [form, setForm];
}

function addressQuery(form: QuestionForm): Record<string, string> {
  // A pasted model or a scenario below the settings does not fit into an address.
  if (form.own || form.base) return {};
  const query: Record<string, string> = {};
  for (const [key, text] of Object.entries(form.texts)) if (text) query[key] = text;
  for (const {key, value} of form.rows) if (key && value) query[key] = value;
  return query;
}
