#include "app/run_record.hpp"

#include <fmt/format.h>

#include "chart/html_page.hpp"

namespace polyfleet {
namespace {

/// One line for lists: the title of the answer's page, else what the question is about.
std::string title_of(const FigurePage& page, const Question& question) {
  if (!page.title.empty()) return page.title;
  if (question.scenario) return question.scenario->file;
  for (const char* key : {"model", "name"}) {
    for (const Setting& setting : question.settings) {
      if (setting.key == key && setting.value.text() != nullptr) return *setting.value.text();
    }
  }
  return question.command;
}

/// Members of a document of ours, every fault named.
class Members {
 public:
  explicit Members(const Value& document, std::string of)
      : document_(document), of_(std::move(of)) {
    if (document.table() == nullptr)
      fault(document, "is " + std::string(document.kind()), "a table");
  }

  std::string text(const char* key) {
    const Value* value = document_.find(key);
    if (value != nullptr && value->text() != nullptr) return *value->text();
    fault(value != nullptr ? *value : document_, std::string("has no ") + key, "text");
    return {};
  }
  const Value& table(const char* key) {
    static const Value kEmpty{Table{}};
    const Value* value = document_.find(key);
    if (value == nullptr || value->is_null()) return kEmpty;
    if (value->table() != nullptr) return *value;
    fault(*value, std::string(key) + " is " + std::string(value->kind()), "a table");
    return kEmpty;
  }
  bool truth(const char* key) {
    const Value* value = document_.find(key);
    if (value == nullptr || value->is_null()) return false;
    if (value->boolean() != nullptr) return *value->boolean();
    fault(*value, std::string(key) + " is " + std::string(value->kind()), "true or false");
    return false;
  }
  const Array& list(const char* key) {
    static const Array kEmpty;
    const Value* value = document_.find(key);
    if (value == nullptr || value->is_null()) return kEmpty;
    if (value->array() != nullptr) return *value->array();
    fault(*value, std::string(key) + " is " + std::string(value->kind()), "a list");
    return kEmpty;
  }
  void fault(const Value& at, const std::string& what, const std::string& wanted) {
    problems_.push_back(problem_at(at.where(), of_ + ' ' + what, "it has to be " + wanted));
  }
  void take(const Diagnostics& problems) {
    problems_.insert(problems_.end(), problems.begin(), problems.end());
  }
  const Diagnostics& problems() const { return problems_; }

 private:
  const Value& document_;
  std::string of_;
  Diagnostics problems_;
};

Value setting_value(const Setting& setting) {
  Value document{Table{}};
  document.set("key", setting.key);
  document.set("value", setting.value);
  document.set("flag", setting.flag);
  return document;
}

Result<Setting> setting_from_value(const Value& document) {
  Members members(document, "a setting");
  Setting setting{members.text("key"), {}, members.text("flag")};
  if (setting.key.empty() && members.problems().empty())
    members.fault(document, "has an empty key", "the name of a setting");
  const Value* value = document.find("value");
  if (value == nullptr) {
    members.fault(document, "has no value", "a value of the scenario");
  } else {
    setting.value = *value;
  }
  if (!members.problems().empty()) return members.problems();
  return setting;
}

}  // namespace

Value question_value(const Question& question) {
  Value document{Table{}};
  document.set("command", question.command);
  if (question.scenario) {
    Value scenario{Table{}};
    scenario.set("file", question.scenario->file);
    scenario.set("text", question.scenario->text);
    document.set("scenario", std::move(scenario));
  }
  Value settings{Array{}};
  for (const Setting& setting : question.settings) settings.push(setting_value(setting));
  document.set("settings", std::move(settings));
  document.set("options", question.options);
  if (question.text_only) document.set("text_only", true);
  return document;
}

Result<Question> question_from_value(const Value& document) {
  Members members(document, "a question");
  Question question;
  question.command = members.text("command");
  const Value* scenario = document.find("scenario");
  if (scenario != nullptr && !scenario->is_null()) {
    Members inner(*scenario, "a question's scenario");
    question.scenario = ScenarioText{inner.text("file"), inner.text("text")};
    members.take(inner.problems());
  }
  for (const Value& entry : members.list("settings")) {
    Result<Setting> setting = setting_from_value(entry);
    if (setting) {
      question.settings.push_back(*std::move(setting));
    } else {
      members.take(setting.problems());
    }
  }
  question.options = members.table("options");
  question.text_only = members.truth("text_only");
  if (!members.problems().empty()) return members.problems();
  return question;
}

std::vector<std::filesystem::path> program_folders(const Workspace& workspace) {
  return {workspace.data_directory(), workspace.validation_directory()};
}

RunRecord run_record(const Question& question, const Reply& reply,
                     const RunCircumstances& circumstances) {
  RunRecord record;
  FigurePage page;
  if (reply.page) {
    page = reply.page();
    record.page = page_json(page, false);
  }
  record.summary = {.id = 0,
                    .begun = moment_text(circumstances.begun),
                    .seconds = circumstances.seconds,
                    .command = question.command,
                    .title = title_of(page, question),
                    .verdict = std::string(name_of(reply.verdict)),
                    .program = POLYFLEET_VERSION,
                    .data = circumstances.data};
  record.question = question_value(question);
  record.result = reply.json();
  if (circumstances.inputs != nullptr) record.files = circumstances.inputs->all();
  return record;
}

Result<std::int64_t> record_run(RunHistory& history, const Question& question, const Reply& reply,
                                const RunCircumstances& circumstances) {
  return history.add(run_record(question, reply, circumstances));
}

std::string moment_text(std::chrono::system_clock::time_point moment) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(moment);
  const auto date = std::chrono::floor<std::chrono::days>(whole);
  const std::chrono::year_month_day civil{date};
  const std::chrono::hh_mm_ss clock{whole - date};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(civil.year()),
                     static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace polyfleet
