#include "training/reliability.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <class Claim>
const FailureRecord* first_record(const ReliabilityData& data, const Claim& claim) {
  const auto found = std::find_if(data.records.begin(), data.records.end(), claim);
  return found == data.records.end() ? nullptr : &*found;
}

/// How many units of a cause take part in a run.
double units_of(const FailureCause& cause, const FailureRecord& record, const System& system,
                double devices) {
  switch (cause.unit) {
    case FailureUnit::accelerator:
    case FailureUnit::link:  // one scale-out link an accelerator
      return devices;
    case FailureUnit::node:
      return devices / std::max(1, system.accelerators_per_node);
    case FailureUnit::job:
      return std::min(1.0, devices / record.full_job_accelerators);
  }
  return devices;
}

/// The record of this part: of its family, else of its vendor, else the general one.
const FailureRecord* record_for(const ReliabilityData& data, const Accelerator& part,
                                bool& borrowed) {
  borrowed = false;
  const auto of_family = [&](const FailureRecord& r) { return contains(r.families, part.family); };
  if (const FailureRecord* own = first_record(data, of_family)) return own;
  borrowed = true;
  const auto of_vendor = [&](const FailureRecord& r) { return contains(r.vendors, part.vendor); };
  if (const FailureRecord* near = first_record(data, of_vendor)) return near;
  return first_record(data, [](const FailureRecord& r) { return r.general; });
}

}  // namespace

Diagnostics record_problems(const ReliabilityData& data, std::string_view record) {
  std::vector<std::string> known;
  for (const FailureRecord& each : data.records) {
    if (each.id == record) return {};
    known.push_back(each.id);
  }
  return {problem(fmt::format("no failure record is named '{}'", record),
                  name_suggestion(record, known))};
}

FailureModel failure_model(const ReliabilityData& data, const Accelerator& part,
                           const System& system, double devices, std::string_view record) {
  FailureModel model;
  if (record.empty()) {
    model.record = record_for(data, part, model.borrowed);
  } else {
    model.record = first_record(data, [&](const FailureRecord& r) { return r.id == record; });
    if (model.record != nullptr) model.borrowed = !contains(model.record->families, part.family);
  }
  POLYFLEET_CHECK(model.record != nullptr, "no failure record, not even a general one");
  model.rate_low = model.record->rate_low;
  model.rate_high = model.record->rate_high;
  for (const FailureCause& cause : model.record->causes) {
    ScaledCause scaled{&cause, units_of(cause, *model.record, system, devices), {}};
    scaled.rate = cause.events * scaled.units / cause.exposure;
    model.causes.push_back(scaled);
    if (cause.planned) {
      model.planned += scaled.rate;
      continue;
    }
    model.unplanned += scaled.rate;
    if (cause.replaces_node) model.replacing += scaled.rate;
    if (cause.unit != FailureUnit::job) model.hardware += scaled.rate;
  }
  return model;
}

}  // namespace polyfleet
