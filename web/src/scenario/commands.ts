// What the commands take, from the API's own description (openapi.json): a command or an option
// that the program learns appears here without a change.
import {useMemo} from "preact/hooks";
import type {FieldKind} from "../forms/field";
import type {Json, JsonTable, Problem} from "../documents";
import {isTable, valueAt} from "../documents";
import {useResource} from "../resource";

export interface OptionSpec {
  name: string;
  kind: FieldKind;
  help: string;
  type: string;
  choices: string[];
  usual: Json | undefined;
}

/** A key of `set`. */
export interface SettingSpec {
  key: string;
  help: string;
  /** The only values; empty = no closed list. */
  choices: string[];
}

export interface CommandSpec {
  command: string;
  summary: string;
  options: OptionSpec[];
  /** The keys that the description names; others may be taken too. */
  settings: SettingSpec[];
  needsScenario: boolean;
}

function resolved(api: JsonTable, schema: Json | undefined): JsonTable {
  if (!isTable(schema)) return {};
  const link = schema.$ref;
  if (typeof link !== "string") return schema;
  let found: Json | undefined = api;
  for (const step of link.replace(/^#\//, "").split("/")) found = isTable(found) ? found[step] : undefined;
  return resolved(api, found);
}

const kKinds: Record<string, FieldKind> = {boolean: "truth", integer: "integer", number: "number", array: "texts", string: "text"};

const choicesOf = (schema: JsonTable): string[] =>
  Array.isArray(schema.enum) ? schema.enum.filter((one) => one !== null).map(String) : [];

function settingOf(api: JsonTable, key: string, schema: Json): SettingSpec {
  const setting = resolved(api, schema);
  return {key, help: String(setting.description ?? ""), choices: choicesOf(setting)};
}

function optionOf(api: JsonTable, name: string, schema: Json): OptionSpec {
  const option = resolved(api, schema);
  const items = resolved(api, option.items);
  const type = Array.isArray(option.type) ? option.type.find((one) => one !== "null") : option.type;
  const kind = kKinds[String(type)] ?? "text";
  return {
    name,
    kind: kind === "texts" && (items.type === "number" || items.type === "integer") ? "numbers" : kind,
    help: String(option.description ?? ""),
    type: String(option["x-polyfleet-type"] ?? ""),
    choices: choicesOf(option),
    usual: option.default,
  };
}

function commandOf(api: JsonTable, slug: string, post: JsonTable): CommandSpec {
  const content = valueAt(resolved(api, post.requestBody), "content");
  const body = resolved(api, isTable(content) ? valueAt(content["application/json"], "schema") : undefined);
  const properties = resolved(api, valueAt(body, "properties"));
  const options = resolved(api, properties.options).properties;
  const settings = resolved(api, properties.set).properties;
  return {
    command: slug.replaceAll("-", " "),
    summary: String(post.summary ?? ""),
    needsScenario: Array.isArray(body.required) && body.required.includes("scenario"),
    settings: isTable(settings) ? Object.entries(settings).map(([key, schema]) => settingOf(api, key, schema)) : [],
    options: isTable(options) ? Object.entries(options).map(([name, schema]) => optionOf(api, name, schema)) : [],
  };
}

export function commandsOf(api: JsonTable): CommandSpec[] {
  const paths = isTable(api.paths) ? api.paths : {};
  const prefix = "/api/v1/ask/";
  return Object.entries(paths).flatMap(([path, item]) => {
    const at = path.indexOf(prefix);
    const post = isTable(item) ? item.post : undefined;
    return at < 0 || !isTable(post) ? [] : [commandOf(api, path.slice(at + prefix.length), post)];
  });
}

export interface Commands {
  /** None until the description is there. */
  commands: CommandSpec[];
  problems: Problem[];
}

export function useCommands(): Commands {
  const {data, problems} = useResource<JsonTable>("openapi.json");
  const commands = useMemo(() => (data ? commandsOf(data) : []), [data]);
  return {commands, problems};
}

export function useCommand(command: string): {spec: CommandSpec | undefined; problems: Problem[]} {
  const {commands, problems} = useCommands();
  return {spec: commands.find((each) => each.command === command), problems};
}
