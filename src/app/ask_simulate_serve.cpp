// `simulate serve`: an inference service request by request, with what its page shows beside the
// report. The timeline is looked at as often as the scenario says, else ever less often as the run
// goes on; looking changes nothing (tests/unit/serving/test_cluster.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "app/question_kinds.hpp"
#include "app/serving_simulation.hpp"
#include "base/files.hpp"
#include "report/serving_records.hpp"
#include "report/serving_timeline.hpp"
#include "traffic/request_csv.hpp"
#include "units/text.hpp"
#include "view/serving_simulation_page.hpp"

namespace polyfleet {
namespace {

/// Samples of a timeline that is written to a file, where the scenario states no interval.
constexpr Seconds kUsualSample = 10 * second;
/// Samples for pictures, of each pool: more are a thicket in a picture 700 pixels wide.
constexpr Seconds kFirstSample = 250 * millisecond;
constexpr std::size_t kMostSamples = 320;

std::string_view name_of(RequestOutcome::End end) {
  switch (end) {
    case RequestOutcome::End::finished:
      return "finished";
    case RequestOutcome::End::refused:
      return "refused";
    case RequestOutcome::End::cancelled:
      return "cancelled";
  }
  return "";
}

RequestResult result_of(const RequestOutcome& outcome, const ServingSimulation& run) {
  RequestResult result;
  result.end = name_of(outcome.end);
  result.started = outcome.started;
  result.first_token = outcome.first_token;
  result.last_token = outcome.last_token;
  result.cached_tokens = outcome.cached_tokens;
  if (outcome.pool >= 0)
    result.pool = run.cluster.pools[static_cast<std::size_t>(outcome.pool)].name;
  result.replica = outcome.replica;
  result.preemptions = outcome.preemptions;
  result.restarts = outcome.restarts;
  return result;
}

std::string file_of(const Question& question, const char* name) {
  const auto found = question.files.find(name);
  return found != question.files.end() ? found->second : std::string();
}

/// Shows how far the run is, and ends it when the user asks.
void watch(PreparedServing& prepared, const RunControl& control) {
  const Picos last = prepared.last_arrival;
  prepared.options.keep_going = [&control, last](Picos now, std::int64_t finished) {
    if (control.progress) {
      const double share =
          last > 0 ? std::min(1.0, static_cast<double>(now) / static_cast<double>(last)) : -1.0;
      control.progress(fmt::format("{} simulated, {} requests over",
                                   print_quantity(seconds_of_picos(now)), finished),
                       share);
    }
    return control.stop == nullptr || !control.stop->load();
  };
}

void set_samples(SimulationOptions& options, bool to_file) {
  if (options.sample_interval > 0) return;
  options.sample_interval = picos_of(to_file ? kUsualSample : kFirstSample);
  options.most_samples = to_file ? 0 : kMostSamples;
}

Result<std::monostate> write_timeline(const std::string& path, const ServingSimulation& run) {
  if (path.empty()) return std::monostate{};
  const bool trace = path.ends_with(".json");
  return write_file(path, trace ? serving_timeline_trace(run) : serving_timeline_csv(run));
}

/// A simulation and what was recorded of it: the reply's functions share one.
struct SimulatedService {
  PreparedServing prepared;
  std::optional<ServingRecords> records;
};

Reply reply_of(std::shared_ptr<const SimulatedService> done, const Catalogue& catalogue) {
  const ServingSimulation& run = done->prepared.run;
  const Verdict verdict = !run.misfits.empty()       ? Verdict::infeasible
                          : run.report.stopped_early ? Verdict::interrupted
                                                     : Verdict::ok;
  const Catalogue* parts = &catalogue;
  return {.verdict = verdict,
          .json = [=] { return serving_simulation_json(done->prepared.run); },
          .text =
              [=](const PageStyle& style) {
                return serving_simulation_text(done->prepared.run, style);
              },
          .page =
              [=] {
                return serving_simulation_page({done->prepared.run, *done->records}, *parts);
              }};
}

Result<std::monostate> play(SimulatedService& service, const Question& question) {
  PreparedServing& prepared = service.prepared;
  std::optional<RequestCsvWriter> requests;
  if (const std::string path = file_of(question, "requests"); !path.empty()) {
    auto opened = RequestCsvWriter::open(path, prepared.run.names);
    if (!opened) return opened.problems();
    requests.emplace(*std::move(opened));
  }
  prepared.options.on_outcome = [&](const RequestOutcome& outcome) {
    service.records->add(outcome);
    if (requests) requests->add(outcome.request, result_of(outcome, prepared.run));
  };
  const auto done = simulate(prepared);
  prepared.options.on_outcome = nullptr;
  prepared.options.keep_going = nullptr;
  if (!done) return done.problems();
  if (requests) {
    if (const auto finished = requests->finish(); !finished) return finished.problems();
  }
  return write_timeline(file_of(question, "timeline"), prepared.run);
}

Result<Reply> ask_simulate_serve(const Question& question, Workspace& workspace,
                                 const RunControl& control) {
  const Result<Value> document = question_document(question);
  if (!document) return document.problems();
  Result<PreparedServing> prepared = prepare_serving(workspace, *document);
  if (!prepared) return prepared.problems();
  const auto service = std::make_shared<SimulatedService>();
  service->prepared = *std::move(prepared);
  service->records.emplace(service->prepared.run.cluster, service->prepared.options.warm_up);
  if (service->prepared.run.misfits.empty()) {
    set_samples(service->prepared.options, !file_of(question, "timeline").empty());
    watch(service->prepared, control);
    if (const auto played = play(*service, question); !played) return played.problems();
  }
  return reply_of(service, workspace.catalogue());
}

}  // namespace

QuestionKind simulate_serve_kind() {
  return {.command = "simulate serve",
          .summary = "An inference service of one vendor or many, request by request",
          .scenario_help = "a service in TOML (docs/serving.md)",
          .scenario = ScenarioUse::required,
          .stoppable = true,
          .quick = false,
          .options = {},
          .files = {{"requests", "write every request and what became of it as CSV"},
                    {"timeline",
                     "write what every pool did over time: CSV, or a Chrome/Perfetto trace "
                     "(.json)"}},
          .ask = ask_simulate_serve};
}

}  // namespace polyfleet
