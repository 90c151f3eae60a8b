// How many accelerators a run needs, or how many a power feeds (`polyfleet plan size`): the plan's
// replica stays as it is, the number of replicas varies, and the step is estimated anew at each
// size. The global batch is rounded to whole rounds of the replicas. Sizes with the same number of
// rounds differ only in replicas, and more of them end sooner; such a range is searched by halving,
// ranges one after the other, so that the answer is the fewest and not just a few.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/run_estimate.hpp"

namespace polyfleet {

struct SizingTexts {
  RunTexts run;
  std::string days;   ///< "90"; empty = as fast as the power allows
  std::string power;  ///< "50 MW"; empty = any
};

struct RunSizing {
  std::unique_ptr<const ReliabilityData> data;
  RunQuestion question;
  TrainingRun training;  ///< at the answer
  SizeAnswer answer;
};

/// `document` is a scenario whose devices and data-parallel degree, where stated, are only the
/// place where the search begins. Errors: those of the scenario and the question, neither days nor
/// power.
Result<std::unique_ptr<RunSizing>> run_sizing(Workspace& workspace, const Value& document,
                                              const SizingTexts& texts, bool strict);

}  // namespace polyfleet
