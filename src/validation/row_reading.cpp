#include "validation/row_reading.hpp"

#include <fmt/format.h>

#include "base/csv.hpp"
#include "units/text.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

/// An undated table is read as its newest possible software.
constexpr std::string_view kLatestMonth = "2026-11";

std::string workload_of(const TruthRow& row) {
  const std::string task = lower(row.remark("task"));
  const bool adapters = row.count("lora_rank").has_value() || mentions(row.text("model"), "lora") ||
                        task.starts_with("lora");
  if (adapters) return "lora";
  if (task.starts_with("sft") || mentions(row.text("model"), "finetune")) return "sft";
  return row.count("experts").has_value() ? "moe" : "dense";
}

}  // namespace

RowReading::RowReading(const MappingTables& tables_in, TruthRow corrected_row,
                       std::vector<AppliedCorrection> applied)
    : tables(tables_in), row(std::move(corrected_row)) {
  context.workload = workload_of(row);
  context.vendor = std::string(row.text("vendor"));
  context.accelerator = std::string(row.text("accelerator"));
  context.month = *month_of(kLatestMonth);
  if (const auto month = month_of(row.text("date"))) context.month = *month;
  for (const AppliedCorrection& change : applied) corrected(change);
  profile =
      tables.profiles.select(row.text("framework"), row.text("source_title"), row.text("vendor"));
  if (profile == nullptr) {
    profile = tables.profiles.find("megatron_core");
    inferred("framework", "megatron_core", "no profile knows this framework");
  }
}

void RowReading::leave_out(std::string reason) {
  if (skip.empty()) skip = std::move(reason);
}

void RowReading::corrected(const AppliedCorrection& change) {
  if (change.exclude) {
    leave_out("excluded: " + change.reason);
    return;
  }
  assumptions.push_back({change.column, change.value,
                         fmt::format("corrected: {} ({})", change.reason, change.source)});
}

void RowReading::inferred(std::string setting, std::string value, std::string why) {
  assumptions.push_back({std::move(setting), std::move(value), "inferred: " + std::move(why)});
}

void RowReading::defaulted(const ProfileDefault& entry, std::string_view setting) {
  assumptions.push_back({std::string(setting), entry.value,
                         fmt::format("{} of {}: {}", entry.status, profile->name, entry.source)});
}

std::string RowReading::from_profile(std::string_view setting) {
  const ProfileDefault* entry = tables.profiles.value_of(*profile, setting, context);
  if (entry == nullptr) return {};
  defaulted(*entry, setting);
  return entry->value;
}

std::string RowReading::peek_profile(std::string_view setting) const {
  const ProfileDefault* entry = tables.profiles.value_of(*profile, setting, context);
  return entry == nullptr ? std::string() : entry->value;
}

bool RowReading::flag_or_profile(std::string_view column, std::string_view setting, int tensor) {
  if (const auto stated = row.flag(column)) return *stated;
  const std::string value = from_profile(setting);
  return value == "true" || (value == "with_tensor_parallel" && tensor > 1);
}

double RowReading::number_from_profile(std::string_view setting, double otherwise) {
  const std::string value = from_profile(setting);
  return parse_number(value).value_or(otherwise);
}

double RowReading::seconds_from_profile(std::string_view setting) {
  const std::string value = from_profile(setting);
  if (value.empty()) return 0;
  const Result<Seconds> time = parse_quantity<Seconds>(value);
  return time ? *time / second : 0;
}

}  // namespace polyfleet
