// The body of a request as a question: {"scenario": {"file", "text"}, "set": {...}, "options":
// {...}, "models": {...}}. Two steps, because they are answered differently: what is no such body
// (400), and what is wrong with the question in it (422).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/question.hpp"
#include "base/result.hpp"
#include "server/readable_paths.hpp"
#include "server/scenario_files.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// A question and the models that came with it.
struct AskRequest {
  Question question;
  std::map<std::string, ModelSpec, std::less<>> models;
  std::map<std::string, std::string> model_texts;  ///< as they came, for the run history
};

/// What a request may refer to.
struct RequestWorld {
  const ScenarioFiles& scenarios;
  const ReadablePaths& readable;
};

inline constexpr std::size_t kMostModels = 8;
inline constexpr std::size_t kMostSettings = 500;

/// Errors: no JSON, no object, unknown members (with a suggestion), members of another kind.
Result<Value> read_body(std::string_view body);

/// The question of a body that read_body() gave. Errors: a scenario or options that the kind does
/// not take, a scenario that is not shipped and has no text, faulty models, texts that lead out of
/// the folders that may be read.
Result<AskRequest> read_question(const QuestionKind& kind, const Value& body,
                                 const RequestWorld& world);

}  // namespace polyfleet
