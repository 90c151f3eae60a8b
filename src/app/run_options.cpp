#include "app/run_options.hpp"

namespace polyfleet {

std::vector<QuestionOption> run_options() {
  using enum OptionKind;
  return {
      {.name = "tokens", .kind = text, .help = "tokens of the whole run: 15e12", .type = "N"},
      {.name = "start", .kind = text, .help = "day on which the run begins", .type = "YYYY-MM-DD"},
      {.name = "checkpoint-write",
       .kind = text,
       .help = "time to write one checkpoint: \"60 s\"",
       .type = "TIME"},
      {.name = "storage",
       .kind = text,
       .help = "rate of the checkpoint storage in all: \"2 TB/s\"",
       .type = "RATE"},
      {.name = "async",
       .help = "training waits for the copy to the host only, the write runs behind it"},
      {.name = "in-memory", .help = "checkpoints to the host memory of a peer instead of storage"},
      {.name = "interval",
       .kind = text,
       .help = "time between checkpoints: \"30 min\" (default: the optimum)",
       .type = "TIME"},
      {.name = "spares",
       .kind = text,
       .help = "warm spare nodes (default: what 99.9 % without waiting needs)",
       .type = "N"},
      {.name = "failures",
       .kind = text,
       .help = "failure rates: llama3, rsc1, rsc2, b200_504, tpu_v4 (default: by family)",
       .type = "NAME"},
  };
}

RunTexts run_texts(const Question& question) {
  return {.tokens = text_option(question, "tokens"),
          .start = text_option(question, "start"),
          .checkpoint_write = text_option(question, "checkpoint-write"),
          .storage = text_option(question, "storage"),
          .interval = text_option(question, "interval"),
          .spares = text_option(question, "spares"),
          .failures = text_option(question, "failures"),
          .asynchronous = flag_option(question, "async"),
          .in_memory = flag_option(question, "in-memory")};
}

}  // namespace polyfleet
