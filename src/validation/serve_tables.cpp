#include "validation/serve_tables.hpp"

#include <algorithm>

#include "validation/wording.hpp"

namespace polyfleet {
namespace {

template <class T, class U>
bool empty_or_has(const std::vector<T>& list, const U& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool empty_or_is(std::string_view wanted, std::string_view value) {
  return wanted.empty() || wanted == value;
}

bool empty_or_flag(std::string_view wanted, bool value) {
  return wanted.empty() || wanted == (value ? "yes" : "no");
}

/// "SIL0333..SIL0344": same length and between the ends.
bool in_range(std::string_view id, std::string_view range) {
  const std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) return false;
  const std::string_view low = range.substr(0, dots), high = range.substr(dots + 2);
  return id.size() == low.size() && id.size() == high.size() && low <= id && id <= high;
}

void override_with(const ServeRecipe& entry, ServeRecipe& into) {
  if (entry.token_budget > 0) into.token_budget = entry.token_budget;
  if (entry.max_sequences > 0) into.max_sequences = entry.max_sequences;
  if (entry.prompt_in_budget) into.prompt_in_budget = true;
  if (entry.memory_fraction > 0) into.memory_fraction = entry.memory_fraction;
  if (!entry.cache.empty()) into.cache = entry.cache;
  if (entry.receive_interval > 0) into.receive_interval = entry.receive_interval;
  if (entry.first_token_steps > 0) into.first_token_steps = entry.first_token_steps;
  if (entry.draft_tokens > 0) into.draft_tokens = entry.draft_tokens;
  if (entry.shortest_length > 0) into.shortest_length = entry.shortest_length;
  if (entry.requests_per_user > 0) into.requests_per_user = entry.requests_per_user;
  if (entry.warm_up_per_user > 0) into.warm_up_per_user = entry.warm_up_per_user;
}

std::string found(const std::map<std::string, std::string, std::less<>>& ids,
                  std::string_view name) {
  const auto entry = ids.find(letters_and_digits(name));
  return entry == ids.end() ? std::string() : entry->second;
}

}  // namespace

bool ServeConditions::hold(const ServeFacts& facts) const {
  return empty_or_has(sources, facts.source) && empty_or_has(engines, facts.engine) &&
         empty_or_has(accelerators, facts.accelerator) && empty_or_has(families, facts.family) &&
         empty_or_has(models, facts.model) && empty_or_has(input_lengths, facts.input_tokens) &&
         (id.empty() || fits_pattern(facts.id, id)) && empty_or_is(vendor, facts.vendor) &&
         empty_or_is(accelerator, facts.accelerator) && empty_or_is(precision, facts.precision) &&
         empty_or_is(gemm, facts.gemm) && empty_or_is(kind, facts.moe ? "moe" : "dense") &&
         empty_or_flag(speculative, facts.speculative) &&
         empty_or_flag(attention_dp, facts.attention_data) &&
         empty_or_flag(disaggregated, facts.disaggregated) &&
         (tensor == 0 || tensor == facts.tensor) && facts.concurrency >= least_concurrency &&
         (most_concurrency == 0 || facts.concurrency <= most_concurrency);
}

bool ServeRule::speaks_of(std::string_view configuration, std::string_view notes) const {
  if (!note.empty() && notes.find(note) == std::string_view::npos) return false;
  return ids.empty() || std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
           return in_range(configuration, id) || fits_pattern(configuration, id);
         });
}

ServeRecipe ServeTables::recipe(const ServeFacts& facts) const {
  ServeRecipe recipe;
  for (const RecipeEntry& entry : recipes_) {
    if (entry.hold(facts)) override_with(entry.recipe, recipe);
  }
  return recipe;
}

const FormatEntry* ServeTables::formats(const ServeFacts& facts) const {
  for (const FormatEntry& entry : formats_) {
    if (entry.hold(facts)) return &entry;
  }
  return nullptr;
}

const ServeDataset* ServeTables::dataset(std::string_view benchmark) const {
  const std::string name = letters_and_digits(benchmark);
  for (const ServeDataset& set : datasets_) {
    if (name.starts_with(set.benchmark)) return &set;
  }
  return nullptr;
}

double ServeTables::tokens_per_step(int draft_tokens) const {
  for (const AcceptanceEntry& entry : acceptance_) {
    if (entry.draft_tokens == draft_tokens) return entry.tokens_per_step;
  }
  return 1;
}

std::int64_t ServeTables::offline_requests(double input, double output) const {
  for (const std::vector<std::int64_t>& run : offline_runs_) {
    if (static_cast<double>(run[0]) == input && static_cast<double>(run[1]) == output)
      return run[2];
  }
  return 0;
}

std::string ServeTables::release_at(std::string_view engine, std::string_view date) const {
  constexpr std::size_t kMonth = 7;  // "2025-11"
  if (date.size() < kMonth) return {};
  for (const ServeRelease& each : releases_) {
    if (each.engine == engine && date.substr(0, kMonth) < each.until) return each.version;
  }
  return {};
}

bool ServeTables::in_fit_half(std::string_view source, std::string_view model_id) const {
  const auto has = [](const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  return has(fit_, source) && !has(judged_models_, model_id);
}

std::string ServeTables::harness_of(std::string_view source) const {
  for (const ServeHarness& harness : harnesses) {
    const auto& list = harness.sources;
    if (std::find(list.begin(), list.end(), source) != list.end()) return harness.name;
  }
  return std::string(source);
}

std::string ServeTables::model_id(std::string_view name) const { return found(models_, name); }
std::string ServeTables::accelerator_id(std::string_view name) const {
  return found(accelerators_, name);
}

}  // namespace polyfleet
