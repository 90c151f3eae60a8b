// `polyfleet value deal`: what a warrant or a vendor's money is worth to each side.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

/// Shown under the help of `value` and of `value deal`.
extern const char kValueExamples[];

CommandSpec value_deal_command(AskArguments& arguments);

}  // namespace polyfleet
