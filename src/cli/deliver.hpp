// What becomes of a reply: printed, written as a report and figures, kept in the run history. The
// result is printed first, so that a full disk costs the copy and never the answer.
#pragma once

#include <chrono>
#include <string>

#include "app/question.hpp"

namespace polyfleet {

struct Delivery {
  const Workspace& workspace;
  bool json = false;
  std::string report, figures, store;  ///< as AskArguments
  std::chrono::system_clock::time_point begun;
  double seconds = 0;
  const InputFiles* inputs = nullptr;  ///< what the question read; still watching
};

/// Returns the exit code: that of the verdict, kExitBadInput when something asked for could not be
/// written. A run that cannot be kept without having been asked for is a warning.
int deliver(const Question& question, const Reply& reply, const Delivery& delivery);

}  // namespace polyfleet
