// `estimate train --sweep` and `--sensitivity`: one training question varied instead of asked once.
#pragma once

#include "app/question.hpp"

namespace polyfleet {

/// Whether a question of `estimate train` asks for either.
bool asks_what_if(const Question& question);

/// Precondition: asks_what_if(question). Errors: those of the scenario, of the axes, both at once.
Result<Reply> ask_what_if(const Question& question, Workspace& workspace,
                          const RunControl& control);

}  // namespace polyfleet
