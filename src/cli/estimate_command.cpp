#include "cli/ask_command.hpp"
#include "cli/commands.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

const char kEstimateExamples[] =
    "Examples:\n"
    "  polyfleet estimate train scenario.toml\n"
    "  polyfleet estimate train --model llama3.1-8b --accelerator nv_h100_sxm --devices 8 \\\n"
    "      --global-batch 128 --sequence 8192 --precision fp8\n"
    "  polyfleet estimate train --model ./config.json --system amd_helios --devices 72 --tp 8 \\\n"
    "      --global-batch 144 --sequence 4096 --set plan.overlap.tensor=0.6 --explain\n"
    "  polyfleet estimate train scenario.toml --tp 4 --timeline step.json   (open in Perfetto)\n"
    "  polyfleet estimate train scenario.toml --sweep accelerator.memory_bandwidth=4TB/s:10TB/s:7\n"
    "Flags and --set win over the file. Exit code 1: the plan does not fit in memory.";

CommandSpec estimate_train_command(AskArguments& arguments) {
  return ask_command("estimate train", arguments, kEstimateExamples,
                     setting_options(arguments.settings));
}

}  // namespace polyfleet
