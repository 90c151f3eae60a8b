#include "cli/estimate_serve_command.hpp"

#include "cli/serving_flags.hpp"

namespace polyfleet {

CommandSpec estimate_serve_command(AskArguments& arguments) {
  return ask_command(
      "estimate serve", arguments,
      "Examples:\n"
      "  polyfleet estimate serve --model llama3.1-70b --accelerator amd_mi300x --tp 2 \\\n"
      "      --formats fp8 --input 1024 --output 1024\n"
      "  polyfleet estimate serve --model deepseek-r1 --accelerator amd_mi355x --engine sglang \\\n"
      "      --tp 8 --formats fp8 --input 8192 --output 1024 --concurrency 4,16,64 --explain\n"
      "  polyfleet estimate serve --model llama3.1-8b --accelerator nv_h100_sxm --input 512 \\\n"
      "      --output 256 --ttft \"200 ms\" --tpot \"20 ms\"   (the highest rate within)\n"
      "Exit code 1: the model does not fit, or no rate keeps within the bounds.",
      serving_options(arguments.settings));
}

}  // namespace polyfleet
