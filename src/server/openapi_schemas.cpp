#include "server/openapi_schemas.hpp"

#include "app/setting_kinds.hpp"
#include "server/question_reader.hpp"

namespace polyfleet {
namespace {

Value of_type(const char* type, const char* description = nullptr) {
  Value schema{Table{}};
  schema.set("type", type);
  if (description != nullptr) schema.set("description", description);
  return schema;
}

Value or_nothing(const char* type, const char* description = nullptr) {
  Value schema{Table{}};
  schema.set("type", Array{Value(type), Value("null")});
  if (description != nullptr) schema.set("description", description);
  return schema;
}

Value one_of(std::vector<std::string> words) {
  Value list{Array{}};
  for (std::string& word : words) list.push(std::move(word));
  Value schema = of_type("string");
  schema.set("enum", std::move(list));
  return schema;
}

Value list_of(Value items) {
  Value schema = of_type("array");
  schema.set("items", std::move(items));
  return schema;
}

/// An object with these members and no others; all but those in `optional` are always there.
Value object_of(Table members, const std::vector<std::string>& optional = {}) {
  Value required{Array{}};
  for (const auto& [name, member] : members) {
    bool may_lack = false;
    for (const std::string& each : optional) may_lack = may_lack || each == name;
    if (!may_lack) required.push(name);
  }
  Value schema = of_type("object");
  schema.set("properties", Value(std::move(members)));
  schema.set("required", std::move(required));
  schema.set("additionalProperties", false);
  return schema;
}

Value problem_schema() {
  return object_of(
      {{"file", of_type("string", "the document that holds the problem; may be empty")},
       {"line", of_type("integer", "from 1; 0 = the whole document")},
       {"column", of_type("integer", "from 1, in characters; 0 = the whole line")},
       {"field",
        of_type("string", "a key of `set`, \"options.NAME\", \"scenario\", \"body\", or empty")},
       {"what", of_type("string", "what is wrong")},
       {"fix", of_type("string", "what to write instead; may be empty")}});
}

Value job_schema() {
  return object_of(
      {{"job", of_type("string")},
       {"command", of_type("string")},
       {"state", one_of({"queued", "running", "done", "failed", "cancelled"})},
       {"progress", object_of({{"what", of_type("string", "is being done")},
                               {"share", or_nothing("number", "done, 0 to 1; null = unknown")}})},
       {"seconds", of_type("number", "of work so far")},
       {"run", or_nothing("string", "number in the run history")},
       {"problems", list_of(schema_named("Problem"))}});
}

Value page_schema() {
  Value figure = of_type("object",
                         "a figure: id, title, reading, chart, columns, svg, html, "
                         "assumptions, sources");
  figure.set("required", Array{Value("id"), Value("title"), Value("columns")});
  Value section = of_type("object");
  section.set("properties",
              Table{{"title", of_type("string")}, {"figures", list_of(std::move(figure))}});
  section.set("required", Array{Value("title"), Value("figures")});
  Value page = of_type("object", "an answer as figures");
  page.set("properties", Table{{"title", of_type("string")},
                               {"subtitle", of_type("string")},
                               {"facts", list_of(of_type("object"))},
                               {"notices", list_of(of_type("string"))},
                               {"sections", list_of(std::move(section))}});
  page.set("required", Array{Value("title"), Value("facts"), Value("sections")});
  return page;
}

Value run_schema() {
  return object_of({{"id", of_type("integer")},
                    {"begun", of_type("string", "UTC")},
                    {"seconds", of_type("number")},
                    {"command", of_type("string")},
                    {"title", of_type("string")},
                    {"verdict", one_of({"ok", "infeasible", "interrupted"})},
                    {"program", of_type("string", "version")},
                    {"data", of_type("string", "fingerprint")}});
}

Value about_schema() {
  return object_of(
      {{"program", of_type("string")},
       {"version", of_type("string")},
       {"data", of_type("string", "fingerprint")},
       {"keeps_runs", of_type("boolean", "there is a run history")},
       {"history_notice", of_type("string", "what happened to its file; empty = nothing")},
       {"commands", list_of(object_of({{"command", of_type("string")},
                                       {"summary", of_type("string")},
                                       {"quick", of_type("boolean", "answers within a request")},
                                       {"stoppable", of_type("boolean")}}))}});
}

Value choices_schema() {
  const Value names = list_of(of_type("string"));
  return object_of({{"frameworks", names},
                    {"precisions", names},
                    {"engines", names},
                    {"formats", names},
                    {"statuses", names},
                    {"validations", names}});
}

const char* type_of(OptionKind kind) {
  switch (kind) {
    case OptionKind::truth:
      return "boolean";
    case OptionKind::integer:
      return "integer";
    case OptionKind::number:
      return "number";
    case OptionKind::text:
      return "string";
    case OptionKind::texts:
      return "array";
  }
  return "";
}

Value option_schema(const QuestionOption& option) {
  Value schema = of_type(type_of(option.kind), option.help.c_str());
  Value texts = of_type("string");
  Value& chosen = option.kind == OptionKind::texts ? texts : schema;
  if (!option.choices.empty()) {
    Value list{Array{}};
    for (const std::string& choice : option.choices) list.push(choice);
    chosen.set("enum", std::move(list));
  }
  if (option.kind == OptionKind::texts) schema.set("items", std::move(texts));
  if (option.least) schema.set("minimum", *option.least);
  if (option.most) schema.set("maximum", *option.most);
  if (!option.usual.is_null()) schema.set("default", option.usual);
  if (!option.type.empty()) schema.set("x-polyfleet-type", option.type);
  return schema;
}

Value options_schema(const QuestionKind& kind) {
  Value members{Table{}}, required{Array{}};
  for (const QuestionOption& option : kind.options) {
    members.set(option.name, option_schema(option));
    if (option.required) required.push(option.name);
  }
  Value schema = of_type("object");
  schema.set("properties", std::move(members));
  if (!required.array()->empty()) schema.set("required", std::move(required));
  schema.set("additionalProperties", false);
  return schema;
}

Value scenario_schema(const QuestionKind& kind) {
  Value schema =
      object_of({{"file", of_type("string",
                                  "its name in messages (default: scenario.toml); without a text: "
                                  "the path of a shipped scenario")},
                 {"text", of_type("string", "TOML, or JSON where the name ends so")}},
                {"file", "text"});
  schema.set("description", kind.scenario_help);
  return schema;
}

Value settings_schema(const QuestionKind& kind) {
  Value schema = of_type("object",
                         "keys of the scenario and their values, over its text: "
                         "{\"plan.layout.tensor\": 8}; further keys as its reference has them");
  Value members{Table{}};
  for (const SettingKind& setting : setting_kinds(kind.command)) {
    Value member{Table{}};
    member.set("description", setting.help);
    member.set("x-polyfleet-type", setting.type);
    if (!setting.choices.empty()) {
      Value choices{Array{}};
      for (const std::string& choice : setting.choices) choices.push(choice);
      member.set("enum", std::move(choices));
    }
    members.set(setting.key, std::move(member));
  }
  if (!members.table()->empty()) schema.set("properties", std::move(members));
  schema.set("maxProperties", kMostSettings);
  return schema;
}

}  // namespace

Value schema_named(const std::string& name) {
  return Table{{"$ref", "#/components/schemas/" + name}};
}

Value answer_schemas() {
  Value both = object_of({{"verdict", one_of({"ok", "infeasible", "interrupted"})},
                          {"result", of_type("object")},
                          {"page", schema_named("Page")}});
  return Table{
      {"Problem", problem_schema()},
      {"Problems", object_of({{"problems", list_of(schema_named("Problem"))}})},
      {"Document", Table{{"description", "what the command prints with --json"},
                         {"type", Array{Value("object"), Value("array")}}}},
      {"Answer",
       Table{{"description", "by `view`: the result, the page, or both"},
             {"anyOf", Array{std::move(both), schema_named("Page"), schema_named("Document")}}}},
      {"Page", page_schema()},
      {"Job", job_schema()},
      {"Jobs", list_of(schema_named("Job"))},
      {"JobBegun", object_of({{"job", of_type("string")}})},
      {"Run", run_schema()},
      {"Runs", object_of({{"file", of_type("string")},
                          {"total", of_type("integer", "that the filter lets through")},
                          {"runs", list_of(schema_named("Run"))}})},
      {"RunDeleted", object_of({{"deleted", list_of(of_type("integer"))}})},
      {"About", about_schema()},
      {"Choices", choices_schema()},
      {"Scenarios",
       list_of(object_of({{"path", of_type("string", "below scenarios/")},
                          {"command", or_nothing("string", "that it is for; null = a part")},
                          {"title", of_type("string")}}))}};
}

Value body_schema(const QuestionKind& kind) {
  Table members;
  if (kind.scenario != ScenarioUse::none) members.emplace_back("scenario", scenario_schema(kind));
  if (kind.takes_settings) members.emplace_back("set", settings_schema(kind));
  members.emplace_back("options", options_schema(kind));
  Value models = of_type("object",
                         "models of your own: a name, and the text of its config.json; "
                         "used where the question names that model");
  models.set("additionalProperties", of_type("string"));
  models.set("maxProperties", kMostModels);
  members.emplace_back("models", std::move(models));
  Value schema = of_type("object", kind.summary.c_str());
  schema.set("properties", Value(std::move(members)));
  if (kind.scenario == ScenarioUse::required) schema.set("required", Array{Value("scenario")});
  schema.set("additionalProperties", false);
  return schema;
}

}  // namespace polyfleet
