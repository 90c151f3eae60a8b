#include "app/fleet_rate_store.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "app/content_fingerprint.hpp"
#include "base/files.hpp"
#include "base/input_files.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

/// Folders whose files no rate depends on.
bool is_aside(const fs::path& relative) {
  const std::string top = relative.begin()->string();
  return top == "traces" || top == "jobtraces" || top == "deals" || top == "fleet" ||
         top == "grid" || top == "weather" || top == "uncertainty" || top == "launch";
}

Value rate_document(const std::string& question, const WorkloadRate& rate) {
  Value document{Table{}};
  document.set("question", Value(question));
  document.set("possible", Value(rate.possible));
  document.set("reason", Value(rate.reason));
  document.set("per_second", Value(rate.per_second));
  document.set("active_watts", Value(rate.active / watt));
  document.set("low", Value(rate.low));
  document.set("high", Value(rate.high));
  document.set("least_accelerators", Value(rate.least_accelerators));
  document.set("goodput", Value(rate.goodput));
  document.set("basis", Value(rate.basis));
  return document;
}

std::optional<WorkloadRate> rate_of(const Value& document, const std::string& question) {
  const Value* asked = document.find("question");
  const Value* possible = document.find("possible");
  if (asked == nullptr || asked->text() == nullptr || *asked->text() != question ||
      possible == nullptr || possible->boolean() == nullptr)
    return std::nullopt;
  WorkloadRate rate;
  rate.possible = *possible->boolean();
  bool complete = true;
  const auto number = [&](std::string_view key, double& into) {
    const Value* value = document.find(key);
    if (value == nullptr || !value->number())
      complete = false;
    else
      into = *value->number();
  };
  const auto text = [&](std::string_view key, std::string& into) {
    const Value* value = document.find(key);
    if (value == nullptr || value->text() == nullptr)
      complete = false;
    else
      into = *value->text();
  };
  double watts = 0;
  number("per_second", rate.per_second);
  number("active_watts", watts);
  number("low", rate.low);
  number("high", rate.high);
  number("least_accelerators", rate.least_accelerators);
  number("goodput", rate.goodput);
  text("reason", rate.reason);
  text("basis", rate.basis);
  rate.active = watts * watt;
  if (!complete) return std::nullopt;
  return rate;
}

}  // namespace

std::string rate_fingerprint(const fs::path& data_directory) {
  const auto matters = [](const fs::path& relative) { return !is_aside(relative); };
  const std::uint64_t data =
      hash_of_folder(data_directory, matters, hash_of_text("polyfleet rates"));
  return fmt::format("{:016x}", hash_of_file("/proc/self/exe", data));
}

std::string rate_question_text(const RateQuestion& question, const RateClass& on) {
  const auto joined = [](const std::vector<std::string>& list) {
    std::string text;
    for (const std::string& each : list) text += each + " ";
    return text;
  };
  const RateQuestion& q = question;
  return fmt::format(
      "{} of {} on {} {}: sequence {} batch {} accelerators {} precisions {}| input {} output {} "
      "cached {} ttft {} tpot {} formats {}| rollout {} | video {} x {} x {}, {} steps",
      static_cast<int>(q.kind), q.model, on.system, on.accelerator, q.sequence, q.batch_tokens,
      q.accelerators, joined(q.precisions), q.input_tokens, q.output_tokens, q.cached_share,
      q.ttft / second, q.tpot / second, joined(q.formats), q.rollout_tokens_per_trained, q.frames,
      q.width, q.height, q.steps);
}

fs::path usual_rate_folder() {
  const fs::path cache = usual_cache_folder();
  return cache.empty() ? cache : cache / "rates";
}

RateStore::RateStore(fs::path folder, std::string fingerprint)
    : folder_(std::move(folder)), fingerprint_(std::move(fingerprint)) {}

fs::path RateStore::file_of(const std::string& question) const {
  return folder_ / fmt::format("{:016x}.json", hash_of_text(fingerprint_ + " " + question));
}

std::optional<WorkloadRate> RateStore::find(const std::string& question) const {
  if (folder_.empty()) return std::nullopt;
  const fs::path file = file_of(question);
  const InputFilesScope unseen(nullptr);  // what is remembered is no input
  const Result<std::string> text = read_file(file);
  if (!text) return std::nullopt;
  const Result<Value> document = parse_json(*text, file.string());
  if (!document) return std::nullopt;
  return rate_of(*document, fingerprint_ + " " + question);
}

void RateStore::keep(const std::string& question, const WorkloadRate& rate) const {
  if (folder_.empty()) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return;
  const Value document = rate_document(fingerprint_ + " " + question, rate);
  if (!write_file(file_of(question), to_json(document) + "\n")) return;
}

}  // namespace polyfleet
