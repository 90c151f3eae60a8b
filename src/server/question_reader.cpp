#include "server/question_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/spelling.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {
namespace {

constexpr char kBody[] = "request body";

void append(Diagnostics& into, const Diagnostics& more) {
  into.insert(into.end(), more.begin(), more.end());
}

void check_members(const Value& object, const std::vector<std::string>& known, Diagnostics& out) {
  for (const auto& [name, member] : *object.table()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      out.push_back(problem_at(member.where(), "unknown member '" + name + "'",
                               name_suggestion(name, known)));
  }
}

/// The member where it is there and an object; a problem where it is anything else.
const Value* object_member(const Value& body, std::string_view name, Diagnostics& out) {
  const Value* member = body.find(name);
  if (member == nullptr || member->table() != nullptr) return member;
  out.push_back(
      problem_at(member->where(), fmt::format("'{}' is {}, not an object", name, member->kind())));
  return nullptr;
}

/// Every member is text.
void check_texts(const Value& object, std::string_view what, Diagnostics& out) {
  for (const auto& [name, member] : *object.table()) {
    if (member.text() == nullptr)
      out.push_back(problem_at(member.where(),
                               fmt::format("'{}.{}' is {}, not text", what, name, member.kind())));
  }
}

std::string text_member(const Value* object, std::string_view name) {
  const Value* member = object == nullptr ? nullptr : object->find(name);
  return member != nullptr && member->text() != nullptr ? *member->text() : "";
}

/// A name for a document in messages and as a setting: no folders, no odd characters.
bool is_plain_name(std::string_view name) {
  constexpr std::size_t kLongest = 100;
  return !name.empty() && name.size() <= kLongest && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ' ';
         });
}

/// The value and all within it at one place, as if they came from the command line.
Value placed(Value value, const Position& where) {
  if (Table* members = value.table()) {
    for (auto& [key, member] : *members) member = placed(std::move(member), where);
  } else if (const Array* elements = value.array()) {
    Array moved;
    for (const Value& element : *elements) moved.push_back(placed(element, where));
    value = Value(std::move(moved));
  }
  value.at(where);
  return value;
}

class QuestionReader {
 public:
  QuestionReader(const QuestionKind& kind, const Value& body, const RequestWorld& world)
      : kind_(kind), body_(body), world_(world) {}

  Result<AskRequest> read() {
    read_.question.command = kind_.command;
    if (const Value* scenario = body_.find("scenario")) read_scenario(*scenario);
    if (const Value* settings = body_.find("set")) read_settings(*settings);
    if (const Value* options = body_.find("options")) read_options(*options);
    if (const Value* models = body_.find("models")) read_models(*models);
    append(problems_, question_problems(kind_, read_.question));
    if (problems_.empty()) check_paths();
    if (!problems_.empty()) return problems_;
    return std::move(read_);
  }

 private:
  void read_scenario(const Value& scenario) {
    ScenarioText text{text_member(&scenario, "file"), text_member(&scenario, "text")};
    const bool has_text = scenario.find("text") != nullptr;
    if (text.file.empty()) text.file = "scenario.toml";
    if (const ScenarioFile* shipped = world_.scenarios.find(text.file)) {
      text.file = world_.scenarios.file_of(*shipped);
      if (!has_text) {
        Result<std::string> content = world_.scenarios.text_of(*shipped);
        if (!content) return append(problems_, content.problems());
        text.text = *std::move(content);
      }
    } else if (!has_text || !is_plain_name(text.file)) {
      problems_.push_back(
          problem_at({"scenario", 0, 0}, "no shipped scenario '" + text.file + "'",
                     has_text ? "give a file name without folders"
                              : name_suggestion(text.file, world_.scenarios.paths(), 4)));
      return;
    }
    read_.question.scenario = std::move(text);
  }

  void read_settings(const Value& settings) {
    for (const auto& [key, value] : *settings.table()) {
      if (read_.question.settings.size() == kMostSettings)
        return problems_.push_back(
            problem(fmt::format("more than {} settings", kMostSettings), "send a scenario"));
      std::string flag = "--set " + key;
      read_.question.settings.push_back({key, placed(value, {flag, 0, 0}), std::move(flag)});
    }
  }

  void read_options(const Value& options) {
    Value named{Table{}};
    for (const auto& [name, value] : *options.table())
      named.set(name, placed(value, {"--" + name, 0, 0}));
    read_.question.options = std::move(named);
  }

  void read_models(const Value& models) {
    if (models.table()->size() > kMostModels)
      return problems_.push_back(
          problem(fmt::format("more than {} models", kMostModels), "send those that are named"));
    for (const auto& [name, text] : *models.table()) {
      if (!is_plain_name(name)) {
        problems_.push_back(problem("a model cannot be called '" + name + "'",
                                    "use letters, digits, dots and dashes"));
        continue;
      }
      Result<ModelSpec> model = read_model_text(*text.text(), name);
      if (model) {
        read_.models.emplace(name, *std::move(model));
        read_.model_texts.emplace(name, *text.text());
      } else {
        append(problems_, model.problems());
      }
    }
  }

  void check_paths() {
    const Question& question = read_.question;
    std::filesystem::path beside;
    if (question.scenario) {
      beside = std::filesystem::path(question.scenario->file).parent_path();
      const Result<Value> document = scenario_value(question);
      if (!document) return append(problems_, document.problems());
      world_.readable.check(*document, beside, problems_);
    }
    for (const Setting& setting : question.settings)
      world_.readable.check(setting.value, beside, problems_);
    world_.readable.check(question.options, beside, problems_);
  }

  const QuestionKind& kind_;
  const Value& body_;
  const RequestWorld& world_;
  AskRequest read_;
  Diagnostics problems_;
};

}  // namespace

Result<Value> read_body(std::string_view body) {
  if (body.empty()) return problem_at({kBody, 0, 0}, "the body is empty", "send {} at least");
  Result<Value> read = parse_json(body, kBody);
  if (!read) return read;
  if (read->table() == nullptr)
    return problem_at(read->where(), fmt::format("the body is {}, not an object", read->kind()),
                      "send {} for a question without anything");
  Diagnostics out;
  check_members(*read, {"scenario", "set", "options", "models"}, out);
  if (const Value* scenario = object_member(*read, "scenario", out)) {
    check_members(*scenario, {"file", "text"}, out);
    check_texts(*scenario, "scenario", out);
  }
  object_member(*read, "set", out);
  object_member(*read, "options", out);
  if (const Value* models = object_member(*read, "models", out))
    check_texts(*models, "models", out);
  if (!out.empty()) return out;
  return read;
}

Result<AskRequest> read_question(const QuestionKind& kind, const Value& body,
                                 const RequestWorld& world) {
  return QuestionReader(kind, body, world).read();
}

}  // namespace polyfleet
