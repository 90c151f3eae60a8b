// `polyfleet value deal`: what a warrant or a vendor's money is worth to each side.
#pragma once

#include <string>

#include "app/deal_valuation.hpp"
#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct ValueDealArguments {
  DealQuestion question;
  SettingTexts settings;
  std::string csv;  ///< folder; empty = none
  bool list = false, json = false, facts = false;
};

/// Shown under the help of `value` and of `value deal`.
extern const char kValueExamples[];

CommandSpec value_deal_command(ValueDealArguments& arguments);

}  // namespace polyfleet
