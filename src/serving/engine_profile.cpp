#include "serving/engine_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "config/fields.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::array<std::string_view, 3> kModelClassNames{"dense", "routed", "hybrid"};

Field<EngineSettings> picos_field(std::string key, Picos EngineSettings::*member,
                                  std::string help) {
  return {key,
          "quantity: us, ms, s",
          std::move(help),
          false,
          [=](EngineSettings& into, const Value& value, Diagnostics& out) {
            const auto text = detail::read_text(value, key, out);
            if (!text) return;
            const Result<Seconds> time = parse_quantity<Seconds>(*text);
            if (time) {
              into.*member = picos_of(*time);
            } else {
              for (Diagnostic found : time.problems()) {
                found.where = value.where();
                out.push_back(std::move(found));
              }
            }
          },
          [=](const EngineSettings& from) {
            return Value(exact_text(seconds_of_picos(from.*member)));
          }};
}

const FieldTable<EngineSettings>& setting_fields() {
  using S = EngineSettings;
  constexpr double kMost = 1e9;
  static const FieldTable<S> fields{
      choice_field<S, BatchingPolicy>(
          "batching", &S::batching,
          {{"mixed", BatchingPolicy::mixed}, {"prefill_first", BatchingPolicy::prefill_first}},
          "whether prompts share iterations with decode"),
      choice_field<S, PreemptionMode>(
          "preemption", &S::preemption,
          {{"recompute", PreemptionMode::recompute}, {"swap", PreemptionMode::swap}},
          "what happens to the last sequence when the cache is full"),
      integer_field("token_budget", &S::token_budget, {1, kMost}, "new tokens in one iteration"),
      integer_field("max_sequences", &S::max_sequences, {1, kMost}, "running at once"),
      integer_field("block_tokens", &S::block_tokens, {1, 4096}, "tokens of one cache block"),
      number_field("watermark", &S::watermark, {0, 1}, "share of blocks kept free on admission"),
      bool_field("chunked_prefill", &S::chunked_prefill, "prompts are cut into chunks"),
      bool_field("reserve_prompt", &S::reserve_prompt, "a prompt is admitted with all its blocks"),
      bool_field("reserve_output", &S::reserve_output,
                 "admission counts the blocks of whole outputs: nothing is preempted"),
      integer_field("receive_interval", &S::receive_interval, {1, 1000},
                    "decode iterations between looks for arrivals"),
      bool_field("prefix_cache", &S::prefix_cache, "blocks of shared prefixes are kept"),
      picos_field("front_end", &S::front_end, "between arrival and the queue"),
      picos_field("first_token_delay", &S::first_token_delay, "between prefill and the user"),
      integer_field("first_token_steps", &S::first_token_steps, {0, 1000},
                    "decode iterations a first token waits"),
  };
  return fields;
}

const FieldTable<EngineProfile>& profile_fields() {
  using P = EngineProfile;
  static const FieldTable<P> fields{
      number_field("memory_fraction", &P::memory_fraction, {0.01, 1}, "share of memory it takes"),
      choice_field<P, MemoryRule>("memory_rule", &P::memory_rule,
                                  {{"of_total", MemoryRule::of_total},
                                   {"static_pool", MemoryRule::static_pool},
                                   {"of_free", MemoryRule::of_free}},
                                  "what the fraction is a fraction of"),
      quantity_field("memory_reserve", &P::memory_reserve, {0, 64e9}, "beside weights and cache"),
      quantity_field("host_per_iteration", &P::host_per_iteration, {0, 1},
                     "that the device waits for"),
      quantity_field("host_shortest_iteration", &P::host_shortest_iteration, {0, 1},
                     "that the host can prepare"),
      quantity_field("host_per_sequence", &P::host_per_sequence, {0, 1}, "for each running one"),
      quantity_field("eager_launch", &P::eager_launch, {0, 1},
                     "host time of one operator without a graph"),
      integer_field("graph_sequences", &P::graph_sequences, {0, 1e6},
                    "largest decode batch replayed as a graph"),
      text_field("collective_library", &P::collective_library, "of its all-reduce"),
      bool_field("cache_follows_weights", &P::cache_follows_weights,
                 "FP8 cache with narrower weights"),
  };
  return fields;
}

void read_models(EngineSettingRule& into, const Value& value, Diagnostics& out) {
  const Array* items = value.array();
  if (items == nullptr) return detail::not_an_array(value, "models", out);
  for (const Value& item : *items) {
    const std::optional<std::string> name = detail::read_text(item, "models", out);
    if (!name) continue;
    const auto* known = std::find(kModelClassNames.begin(), kModelClassNames.end(), *name);
    if (known == kModelClassNames.end()) {
      out.push_back({item.where(), fmt::format("models: no kind of models is called '{}'", *name),
                     "dense, routed or hybrid"});
    } else {
      into.models.push_back(static_cast<ModelClass>(known - kModelClassNames.begin()));
    }
  }
}

const FieldTable<EngineSettingRule>& rule_fields() {
  using R = EngineSettingRule;
  static const FieldTable<R> fields{
      required(text_field("key", &R::key, "which default")),
      required(Field<R>{"value", "any", "what it is", false,
                        [](R& into, const Value& value, Diagnostics&) { into.value = value; },
                        [](const R& from) { return from.value; }}),
      text_list_field("families", &R::families, "accelerator families where it holds"),
      text_list_field("except_families", &R::except_families, "families where it does not"),
      text_list_field("accelerators", &R::accelerators, "accelerators where it holds"),
      quantity_field("memory_at_least", &R::memory_at_least, {0, 1e13}, "visible memory"),
      Field<R>{"models", "list of dense, routed, hybrid", "kinds of models where it holds", false,
               read_models, [](const R&) { return Value(); }},
      text_field("version_from", &R::version_from, "this release and later ones"),
      text_field("version_below", &R::version_below, "releases before this one"),
      required(text_field("source", &R::source, "where it stands")),
      required(text_field("status", &R::status, "who states it")),
  };
  return fields;
}

const FieldTable<EngineProfile>& document_fields() {
  using P = EngineProfile;
  static const FieldTable<P> fields{
      required(text_field("id", &P::id, "name of the engine in scenarios")),
      required(text_field("name", &P::name, "as its makers write it")),
      required(text_list_field("vendors", &P::vendors, "accelerator vendors that it runs on")),
      required(text_field("source", &P::source, "repository and releases")),
      required(Field<P>{"setting", "list of tables", "defaults", false,
                        [](P& into, const Value& value, Diagnostics& out) {
                          const Array* list = value.array();
                          if (list == nullptr) return detail::not_an_array(value, "setting", out);
                          for (const Value& item : *list)
                            read_fields(item, rule_fields(), into.rules.emplace_back(), "setting",
                                        out);
                        },
                        [](const P&) { return Value(); }}),
  };
  return fields;
}

const FieldTable<EngineKernels>& kernel_fields() {
  using K = EngineKernels;
  static const FieldTable<K> fields{
      choice_field<K, ExpertKernels>("expert_kernels", &K::experts,
                                     {{"table", ExpertKernels::table},
                                      {"streaming", ExpertKernels::streaming},
                                      {"between", ExpertKernels::between}},
                                     "grouped products of experts"),
      quantity_field("expert_overhead", &K::expert_overhead, {0, 1e-3},
                     "of a layer's expert products beyond reading"),
      bool_field("hides_shared_experts", &K::hides_shared_experts,
                 "shared experts run fused with or beside routed ones"),
      bool_field("fuses_norm", &K::fuses_norm, "norms ride on the all-reduce before them"),
      bool_field("fuses_quantise", &K::fuses_quantise,
                 "activations are quantised by the kernel that makes them"),
      bool_field("fuses_block_quantise", &K::fuses_block_quantise,
                 "also where every 128 elements have a scale of their own"),
      bool_field("fuses_rotary_cache", &K::fuses_rotary_cache,
                 "rotary embedding and cache write are one kernel"),
  };
  return fields;
}

/// Puts one default into the profile; adds a diagnostic for an unknown key or a faulty value.
void apply(const EngineSettingRule& rule, EngineProfile& into, Diagnostics& out) {
  if (const auto* field = field_named(profile_fields(), rule.key)) {
    field->read(into, rule.value, out);
  } else if (const auto* setting = field_named(setting_fields(), rule.key)) {
    setting->read(into.settings, rule.value, out);
  } else if (const auto* kernel = field_named(kernel_fields(), rule.key)) {
    kernel->read(into.kernels, rule.value, out);
  } else {
    std::vector<std::string> known = keys_of(profile_fields());
    for (const std::string& key : keys_of(setting_fields())) known.push_back(key);
    for (const std::string& key : keys_of(kernel_fields())) known.push_back(key);
    detail::unknown_key(rule.key, rule.value, known, out);
  }
}

bool holds_everywhere(const EngineSettingRule& rule) {
  return rule.families.empty() && rule.except_families.empty() && rule.accelerators.empty() &&
         rule.memory_at_least == 0 * byte && rule.models.empty() && rule.version_from.empty() &&
         rule.version_below.empty();
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

/// The numbers of a release, whatever stands between them ("0.5.10.post1" = 0, 5, 10, 1).
std::vector<int> release_numbers(std::string_view text) {
  std::vector<int> numbers;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at != end) {
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) numbers.push_back(number);
    at = error == std::errc() ? next : at + 1;
    if (at != end && error == std::errc() && *at == '-') ++at;
  }
  return numbers;
}

bool is_before(std::string_view version, std::string_view bound) {
  if (version.empty()) return false;  // the latest
  return release_numbers(version) < release_numbers(bound);
}

bool holds_at(const EngineSettingRule& rule, const EngineSite& site) {
  if (!rule.families.empty() && !contains(rule.families, site.accelerator.family)) return false;
  if (contains(rule.except_families, site.accelerator.family)) return false;
  if (!rule.accelerators.empty() && !contains(rule.accelerators, site.accelerator.id)) return false;
  if (site.visible_memory < rule.memory_at_least) return false;
  if (!rule.models.empty() &&
      (site.model == nullptr || std::find(rule.models.begin(), rule.models.end(),
                                          model_class(*site.model)) == rule.models.end()))
    return false;
  if (!rule.version_from.empty() && is_before(site.version, rule.version_from)) return false;
  return rule.version_below.empty() || is_before(site.version, rule.version_below);
}

/// Nothing where the file is no engine's: it has no settings.
Result<std::optional<EngineProfile>> read_profile(const std::string& path) {
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  if (document->find("setting") == nullptr) return std::optional<EngineProfile>();
  Diagnostics problems;
  EngineProfile profile;
  read_fields(*document, document_fields(), profile, "engine", problems);
  EngineProfile scratch = profile;
  for (const EngineSettingRule& rule : profile.rules) {
    EngineProfile& into = holds_everywhere(rule) ? profile : scratch;
    apply(rule, into, problems);
  }
  if (!problems.empty()) return problems;
  return std::optional(std::move(profile));
}

}  // namespace

Result<std::vector<EngineProfile>> load_engine_profiles(
    const std::filesystem::path& data_directory) {
  const std::filesystem::path folder = data_directory / "engines";
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  if (error)
    return problem(fmt::format("{}: {}", folder.string(), error.message()),
                   "point to a data folder with engines/");
  std::sort(files.begin(), files.end());
  std::vector<EngineProfile> profiles;
  Diagnostics problems;
  for (const auto& file : files) {
    Result<std::optional<EngineProfile>> profile = read_profile(file.string());
    if (profile) {
      if (*profile) profiles.push_back(std::move(**profile));
    } else {
      problems.insert(problems.end(), profile.problems().begin(), profile.problems().end());
    }
  }
  if (!problems.empty()) return problems;
  return profiles;
}

ModelClass model_class(const ModelSpec& model) {
  if (model.linear_layers > 0) return ModelClass::hybrid;
  return model.is_moe() ? ModelClass::routed : ModelClass::dense;
}

EngineProfile profile_on(const EngineProfile& profile, const EngineSite& site) {
  EngineProfile result = profile;
  Diagnostics problems;  // none: every value was read once on loading
  for (const EngineSettingRule& rule : profile.rules) {
    if (holds_at(rule, site)) apply(rule, result, problems);
  }
  return result;
}

}  // namespace polyfleet
