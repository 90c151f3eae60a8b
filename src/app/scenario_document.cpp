#include "app/scenario_document.hpp"

#include <fmt/format.h>

#include <limits>

#include "app/price_fields.hpp"
#include "config/optional_fields.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

/// The first part of a dotted key and the rest, which is empty in the last part.
std::pair<std::string_view, std::string_view> split_key(std::string_view key) {
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return {key, {}};
  return {key.substr(0, dot), key.substr(dot + 1)};
}

/// Lays one setting into a table, making the tables on the way.
void lay(Value& table, std::string_view key, const Setting& setting, Diagnostics& out) {
  const auto [head, rest] = split_key(key);
  if (!table.is_null() && table.table() == nullptr) {
    out.push_back(problem_at({setting.flag, 0, 0},
                             fmt::format("'{}' reaches into a key that is no table", setting.key),
                             fmt::format("the file gives {} there", table.kind())));
    return;
  }
  if (rest.empty()) {
    Value value = setting.value;
    value.at({setting.flag, 0, 0});
    table.set(std::string(head), std::move(value));
    return;
  }
  if (table.find(head) == nullptr) {
    Value inner{Table{}};
    inner.at({setting.flag, 0, 0});
    table.set(std::string(head), std::move(inner));
  }
  for (auto& [name, inner] : *table.table()) {
    if (name == head) lay(inner, rest, setting, out);
  }
}

constexpr Range kDevices{1, 1 << 24};

}  // namespace

const FieldTable<StatedPrices>& price_fields() {
  using P = StatedPrices;
  constexpr Range kPrice{0, std::numeric_limits<double>::infinity()};
  static const FieldTable<P> fields{
      optional_quantity_field("device", &P::device, kPrice,
                              "price of one accelerator in its system"),
      optional_quantity_field("energy", &P::energy, kPrice,
                              "price of electricity, added to the device price"),
      optional_quantity_field("carbon", &P::carbon, kPrice, "carbon intensity of the electricity"),
  };
  return fields;
}

const FieldTable<StatedScenario>& scenario_fields() {
  using S = StatedScenario;
  static const FieldTable<S> fields{
      text_field("name", &S::name, "name of the scenario, for reports"),
      text_field("model", &S::model,
                 "catalogue id, a path to a config.json (or the folder that holds it), or a path "
                 "to a model in TOML"),
      text_field("accelerator", &S::accelerator,
                 "catalogue id or path, with an optional @edition; open: that of the system"),
      text_field("system", &S::system,
                 "catalogue id or path; open: the system the accelerator is usually built into"),
      integer_field("devices", &S::devices, kDevices, "number of accelerators"),
      text_field("framework", &S::framework,
                 "profile of data/frameworks whose defaults fill what is left open; none = no "
                 "framework overheads"),
      text_field("release", &S::release, "software of this month, YYYY-MM; open: the latest"),
      text_field("precision", &S::precision, "precision recipe by name: bf16, fp8, mxfp8, ..."),
      text_field("site", &S::site, "site of data/sites: price and carbon of electricity"),
      table_field("plan", &S::plan, plan_fields(), "how the training is cut and run"),
      table_field("prices", &S::prices, price_fields(), "what an hour and a kilowatt-hour cost"),
  };
  return fields;
}

Result<Setting> setting_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return problem_at({"--set", 0, 0}, fmt::format("'{}' is no setting", text),
                      "write --set key=value, for example --set plan.layout.tensor=8");
  const std::string key(text.substr(0, equals));
  const std::string_view value = text.substr(equals + 1);
  const auto field = field_named(scenario_fields(), key);
  const bool is_text = field != nullptr && field->type == "text";
  return Setting{key, is_text ? Value(value) : detail::value_from_text(value),
                 fmt::format("--set {}", key)};
}

Result<Value> scenario_document(const std::string& path, const std::vector<Setting>& settings) {
  Value document{Table{}};
  document.at({"command line", 0, 0});
  if (!path.empty()) {
    Result<Value> read = read_document(path);
    if (!read) return read.problems();
    if (read->table() == nullptr)
      return problem_at(read->where(), "a scenario is a table of keys",
                        "start with model = \"...\"");
    document = std::move(*read);
  }
  return with_settings(std::move(document), settings);
}

Result<Value> with_settings(Value document, const std::vector<Setting>& settings) {
  Diagnostics problems;
  for (const Setting& setting : settings) lay(document, setting.key, setting, problems);
  if (!problems.empty()) return problems;
  return document;
}

Result<StatedScenario> read_stated(const Value& document, const TrainingPlan& base) {
  StatedScenario scenario;
  scenario.plan = base;
  Diagnostics problems;
  read_fields(document, scenario_fields(), scenario, "scenario", problems);
  if (!problems.empty()) return problems;
  return scenario;
}

const Value* stated(const Value& document, std::string_view dotted_key) {
  const auto [head, rest] = split_key(dotted_key);
  const Value* found = document.find(head);
  return rest.empty() || found == nullptr ? found : stated(*found, rest);
}

}  // namespace polyfleet
