// Amounts of work as text: "15e12 tokens", "5 Ttokens/day", "20 million videos/day",
// "1.2 USD/Mtokens", "0.4 USD/video". What is counted follows from the workload's kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/fleet_document_fields.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// Units of the workload. Problems at the value's place.
std::optional<double> read_amount(const StatedEntry& entry, std::string_view key,
                                  std::string_view text, WorkloadKind kind, Diagnostics& out);
/// Units a second.
std::optional<double> read_flow(const StatedEntry& entry, std::string_view key,
                                std::string_view text, WorkloadKind kind, Diagnostics& out);
/// USD a unit.
std::optional<double> read_value(const StatedEntry& entry, std::string_view key,
                                 std::string_view text, WorkloadKind kind, Diagnostics& out);

}  // namespace polyfleet
