// `polyfleet plan train`: the best training plan of a model on a cluster.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

extern const char kPlanExamples[];
CommandSpec plan_train_command(AskArguments& arguments);

}  // namespace polyfleet
