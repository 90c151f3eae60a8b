#include "cli/simulate_jobs_command.hpp"

namespace polyfleet {
namespace {

const std::vector<EstimateFlag>& job_flags() {
  static const std::vector<EstimateFlag> flags{
      {"--policy", "policy", FlagKind::text, "NAME",
       "fifo, shortest-first, backfill, priority; in rounds: rounds-fifo, rounds-fifo-random, "
       "rounds-fifo-fastest, least-attained, max-min-fairness, max-min-aware"},
      {"--nodes", "cluster.nodes", FlagKind::number, "N", "nodes of the cluster"},
      {"--per-node", "cluster.accelerators_per_node", FlagKind::number, "N",
       "accelerators of a node"},
      {"--nodes-per-domain", "cluster.nodes_per_domain", FlagKind::number, "N",
       "nodes of one scale-up domain; open: all"},
      {"--system", "cluster.system", FlagKind::text, "NAME",
       "a system of the catalogue instead of --per-node and --nodes-per-domain"},
      {"--kinds", "kinds", FlagKind::text, "FILE", "rates of kinds of jobs by pool, CSV"},
      {"--seed", "seed", FlagKind::number, "N", "of every draw; the same seed, the same bytes"}};
  return flags;
}

constexpr char kSimulateJobsExamples[] =
    "Examples:\n"
    "  polyfleet simulate jobs scenarios/jobs/philly.toml --policy backfill\n"
    "  polyfleet simulate jobs my_jobs.csv --nodes 64 --per-node 8 --json\n"
    "  polyfleet simulate jobs scenarios/jobs/gavel.toml --set policy=max-min-aware --csv results\n"
    "Exit code 1: a job fits nowhere and is refused; 130: interrupted, with the report so far.";

}  // namespace

CommandSpec simulate_jobs_command(AskArguments& arguments) {
  std::vector<OptionSpec> options = flag_options(job_flags(), arguments.settings);
  options.push_back(
      set_option(arguments.settings, "any key of the study: --set checkpoints.interval=\"1 h\""));
  return ask_command("simulate jobs", arguments, kSimulateJobsExamples, std::move(options));
}

}  // namespace polyfleet
