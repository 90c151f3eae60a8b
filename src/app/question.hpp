// One shape for every question that the program answers: a scenario as text, settings laid over it,
// and options of the command. The command line makes a Question from flags, the server from a
// request, the run history keeps it; each ask_*.cpp answers one kind.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/scenario_document.hpp"
#include "app/workspace.hpp"
#include "base/result.hpp"
#include "chart/figure.hpp"
#include "config/value.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// A document as its writer has it; `file` names it in messages, its ending (.toml, .json) says how
/// to read it, and what it names is looked for beside it.
struct ScenarioText {
  std::string file;
  std::string text;
};

struct Question {
  std::string command;                   ///< "estimate train"
  std::optional<ScenarioText> scenario;  ///< nothing = settings alone
  std::vector<Setting> settings;
  Value options = Table{};  ///< by the names of QuestionKind::options; absent = their usual value
  /// What to write beside the answer, by the names of QuestionKind::files; command line only.
  std::multimap<std::string, std::string> files;
  /// Text alone will be shown: work that only json() and page() show may be skipped.
  bool text_only = false;
};

/// How the work is watched and stopped; nothing here changes an answer that was not stopped.
struct RunControl {
  /// What is being done, and the share done (below 0 = unknown). May be called from any thread.
  std::function<void(const std::string& what, double share)> progress;
  const std::atomic<bool>* stop = nullptr;
  unsigned threads = 1;
};

enum class Verdict {
  ok,
  infeasible,   ///< the plan cannot run, demand is not met, or a check failed
  interrupted,  ///< stopped: what was found so far
};
std::string_view name_of(Verdict verdict);

/// An answer before anyone prints it. The functions may be called any number of times, later than
/// the question was asked, as long as the workspace lives.
struct Reply {
  Verdict verdict = Verdict::ok;
  std::function<Value()> json;                              ///< what --json prints
  std::function<std::string(const PageStyle& style)> text;  ///< what a terminal shows
  std::function<FigurePage()> page;                         ///< what --report and the web page show
  /// Files that were asked for and could not be written: told after the answer, exit code 2.
  Diagnostics unwritten = {};
};

enum class OptionKind { truth, integer, number, text, texts };

/// One option of a command, for the command line, the API's description and the check of requests.
struct QuestionOption {
  std::string name;  ///< "strict", "vendor-share": --name on the command line
  OptionKind kind = OptionKind::truth;
  std::string help;
  std::string type = {};                  ///< for the help: "N", "TIME"
  std::vector<std::string> choices = {};  ///< of texts; empty = any
  std::optional<double> least = {}, most = {};
  Value usual = {};         ///< shown as the default; null = none
  bool positional = false;  ///< without dashes on the command line
  bool required = false;
};

/// A file or folder that a command writes when asked to.
struct QuestionFile {
  std::string name;  ///< "timeline": --timeline FILE
  std::string help;
  std::string type = "FILE";
  bool repeated = false;  ///< may be given several times
};

enum class ScenarioUse { none, optional, required };

struct QuestionKind {
  std::string command;  ///< "estimate train"
  std::string summary;  ///< one line, without a full stop
  std::string scenario_help;
  ScenarioUse scenario = ScenarioUse::optional;
  bool takes_settings = true;
  bool threaded = false;   ///< uses RunControl::threads
  bool stoppable = false;  ///< looks at RunControl::stop and answers with what it has
  /// Answers within a request (below about 0.2 s); else the server makes a job of it.
  bool quick = true;
  std::vector<QuestionOption> options;
  std::vector<QuestionFile> files;
  /// Errors: every problem of the question, placed in the scenario, at "--set KEY" or at
  /// "--OPTION".
  Result<Reply> (*ask)(const Question& question, Workspace& workspace,
                       const RunControl& control) = nullptr;
};

/// Every kind, in the order of the help (app/question_kinds.hpp lists them).
const std::vector<QuestionKind>& question_kinds();
/// The kind of this command, or null pointer.
const QuestionKind* question_kind(std::string_view command);

/// What contradicts the kind: a scenario missing or not taken, unknown options (with a suggestion),
/// wrong kinds, ranges and choices. Empty = none.
Diagnostics question_problems(const QuestionKind& kind, const Question& question);

/// Checks the question against its kind, then asks.
Result<Reply> ask(const Question& question, Workspace& workspace, const RunControl& control);

/// The scenario parsed (TOML, or JSON by its ending); an empty table where there is none.
Result<Value> scenario_value(const Question& question);
/// The same with the settings laid over it. Errors: syntax, a setting below a key that is not a
/// table.
Result<Value> question_document(const Question& question);

/// Options by name, their usual value where not given. Asking for an option that the kind does not
/// have, or by another kind, is a bug.
bool flag_option(const Question& question, std::string_view name);
/// 0 where it was not given and has no usual value.
std::int64_t integer_option(const Question& question, std::string_view name);
/// Nothing where it was not given and has no usual value.
std::optional<double> number_option(const Question& question, std::string_view name);
std::string text_option(const Question& question, std::string_view name);
std::vector<std::string> texts_option(const Question& question, std::string_view name);

}  // namespace polyfleet
