// Reads data/reliability/*.toml.
#include <fmt/format.h>

#include "catalogue/figure_field.hpp"
#include "config/fields.hpp"
#include "training/reliability.hpp"

namespace polyfleet {
namespace {

/// A cause as written: units and window apart.
struct WrittenCause : FailureCause {
  double units = 1;
  Seconds window;
};

const FieldTable<WrittenCause>& cause_fields() {
  using C = WrittenCause;
  // Members of the base as members of C, for the table.
  constexpr auto kName = static_cast<std::string C::*>(&FailureCause::name);
  constexpr auto kComponent = static_cast<std::string C::*>(&FailureCause::component);
  constexpr auto kUnit = static_cast<FailureUnit C::*>(&FailureCause::unit);
  constexpr auto kEvents = static_cast<double C::*>(&FailureCause::events);
  constexpr auto kPlanned = static_cast<bool C::*>(&FailureCause::planned);
  constexpr auto kReplaces = static_cast<bool C::*>(&FailureCause::replaces_node);
  constexpr double kMost = 1e9, kLongestWindow = 3.2e9;  // a century
  static const FieldTable<C> fields{
      required(text_field("name", kName, "what failed")),
      required(text_field("component", kComponent, "accelerator, network, host, software, ...")),
      required(choice_field("unit", kUnit,
                            {{"accelerator", FailureUnit::accelerator},
                             {"node", FailureUnit::node},
                             {"link", FailureUnit::link},
                             {"job", FailureUnit::job}},
                            "what the rate scales with")),
      required(number_field("events", kEvents, {0, kMost}, "interruptions in the window")),
      required(number_field("units", &C::units, {1, kMost}, "how many were watched")),
      required(quantity_field("window", &C::window, {1, kLongestWindow}, "for how long")),
      bool_field("planned", kPlanned, "announced: nothing is lost but the stop"),
      bool_field("replaces_node", kReplaces, "the host leaves for repair")};
  return fields;
}

Field<FailureRecord> causes_field() {
  return required(
      Field<FailureRecord>{"cause", "list of tables", "what interrupted, and how often", false,
                           [](FailureRecord& into, const Value& value, Diagnostics& out) {
                             if (value.array() == nullptr)
                               return detail::not_an_array(value, "cause", out);
                             for (const Value& each : *value.array()) {
                               WrittenCause written;
                               read_fields(each, cause_fields(), written, "cause", out);
                               written.exposure = written.units * written.window;
                               into.causes.push_back(written);
                             }
                           },
                           [](const FailureRecord& from) { return Value(from.causes.size()); }});
}

const FieldTable<FailureRecord>& record_fields() {
  using R = FailureRecord;
  constexpr double kMostFactor = 100;
  static const FieldTable<R> fields{
      required(text_field("id", &R::id, "how a question names it")),
      required(text_field("name", &R::name, "the fleet in words")),
      required(text_list_field("families", &R::families, "accelerator families recorded")),
      required(text_list_field("vendors", &R::vendors, "vendors whose other parts borrow it")),
      required(bool_field("general", &R::general, "lends its rates to everything else")),
      required(number_field("rate_low", &R::rate_low, {0, 1}, "factor on the rates, low end")),
      required(
          number_field("rate_high", &R::rate_high, {1, kMostFactor}, "factor on the rates, high")),
      required(number_field("full_job_accelerators", &R::full_job_accelerators, {1, 1e9},
                            "job rates grow up to this size")),
      required(text_field("source", &R::source, "keys of sources.toml")),
      required(text_field("status", &R::status, "who states it")),
      text_field("note", &R::note, "what to know"),
      causes_field()};
  return fields;
}

std::vector<FailureRecord> read_records(const Value& document, Diagnostics& problems) {
  std::vector<FailureRecord> records;
  const Value* list = document.find("record");
  if (list == nullptr || list->array() == nullptr || list->array()->empty()) {
    problems.push_back(problem_at(document.where(), "lacks [[record]] entries"));
    return records;
  }
  for (const Value& each : *list->array())
    read_fields(each, record_fields(), records.emplace_back(), "record", problems);
  return records;
}

/// One figure of a flat file; a missing one is a problem.
template <class Q>
void read_member(const Value& document, std::string_view key, Figure<Q>& into,
                 Diagnostics& problems) {
  const Value* value = document.find(key);
  if (value == nullptr) {
    problems.push_back(problem_at(document.where(), fmt::format("lacks '{}'", key)));
  } else if (auto figure = read_figure<Q>(*value, key, problems)) {
    into = *std::move(figure);
  }
}

void read_recovery(const Value& document, RecoveryTimes& into, Diagnostics& problems) {
  read_member(document, "automatic_detection", into.automatic_detection, problems);
  read_member(document, "timeout_detection", into.timeout_detection, problems);
  read_member(document, "automatic_share", into.automatic_share, problems);
  read_member(document, "diagnosis", into.diagnosis, problems);
  read_member(document, "start", into.start, problems);
  read_member(document, "communicators_per_accelerator", into.communicators_per_accelerator,
              problems);
  read_member(document, "manual_share", into.manual_share, problems);
  read_member(document, "manual_time", into.manual_time, problems);
  read_member(document, "repair", into.repair, problems);
}

void read_checkpoint(const Value& document, CheckpointRates& into, Diagnostics& problems) {
  read_member(document, "write_per_accelerator", into.write_per_accelerator, problems);
  read_member(document, "read_per_accelerator", into.read_per_accelerator, problems);
  read_member(document, "node_limit", into.node_limit, problems);
  read_member(document, "host_copy", into.host_copy, problems);
}

void read_jitter(const Value& document, DeviceJitter& into, Diagnostics& problems) {
  read_member(document, "spread", into.spread, problems);
  read_member(document, "calibrated_devices", into.calibrated_devices, problems);
}

}  // namespace

Result<ReliabilityData> load_reliability(const std::filesystem::path& data_directory) {
  ReliabilityData data;
  Diagnostics problems;
  const auto add = [&](const Diagnostics& more) {
    problems.insert(problems.end(), more.begin(), more.end());
  };
  const auto with_document = [&](const char* name, const auto& read) {
    const Result<Value> document = read_document((data_directory / "reliability" / name).string());
    if (!document) return add(document.problems());
    read(*document);
  };
  with_document("failures.toml",
                [&](const Value& document) { data.records = read_records(document, problems); });
  with_document("recovery.toml",
                [&](const Value& document) { read_recovery(document, data.recovery, problems); });
  with_document("checkpoint.toml", [&](const Value& document) {
    read_checkpoint(document, data.checkpoint, problems);
  });
  with_document("jitter.toml",
                [&](const Value& document) { read_jitter(document, data.jitter, problems); });
  Result<PowerActivity> power = load_power_activity(data_directory);
  if (power) {
    data.power = *std::move(power);
  } else {
    add(power.problems());
  }
  if (!problems.empty()) return problems;
  return data;
}

}  // namespace polyfleet
