#include "validation/serve_requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "config/fields.hpp"
#include "serving/cluster.hpp"
#include "traffic/open_traffic.hpp"
#include "validation/row_machines.hpp"
#include "validation/serve_simulation.hpp"
#include "validation/statistics.hpp"

namespace polyfleet {
namespace {

struct MeasuredServer {
  std::string name, file, accelerator, model, engine, release, formats, cache, source;
  std::int64_t tensor = 1, max_sequences = 0, token_budget = 0;
};

FieldTable<MeasuredServer> server_fields() {
  using M = MeasuredServer;
  constexpr Range kCount{1, 1e6};
  return {required(text_field("name", &M::name, "what ran")),
          required(text_field("file", &M::file, "of data/traces")),
          required(text_field("accelerator", &M::accelerator, "catalogue id")),
          required(text_field("model", &M::model, "catalogue id")),
          required(integer_field("tensor", &M::tensor, kCount, "accelerators that share a layer")),
          required(text_field("engine", &M::engine, "profile id")),
          required(text_field("release", &M::release, "of the engine")),
          required(text_field("formats", &M::formats, "named set")),
          required(text_field("cache", &M::cache, "format of keys and values")),
          required(integer_field("max_sequences", &M::max_sequences, kCount, "running at once")),
          required(integer_field("token_budget", &M::token_budget, kCount, "an iteration")),
          required(text_field("source", &M::source, "where it stands"))};
}

/// The server as the row of a table would be read.
ServeCase case_of(const MeasuredServer& server) {
  ServeCase read;
  read.accelerator_id = server.accelerator;
  read.model_id = server.model;
  read.engine = server.engine;
  read.engine_version = server.release;
  read.formats = server.formats;
  read.recipe.cache = server.cache;
  read.recipe.max_sequences = server.max_sequences;
  read.recipe.token_budget = server.token_budget;
  return read;
}

double number_of(const Value& line, std::string_view key, Diagnostics& out) {
  const Value* found = line.find(key);
  if (found != nullptr && found->number()) return *found->number();
  out.push_back(problem_at(line.where(), fmt::format("a request without {}", key)));
  return 0;
}

/// Arrivals are in the client's clock, the rest in the server's: the shortest way between arrival
/// and queue of any request is taken as no time.
Result<std::vector<RequestComparison>> measured_requests(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.problems();
  std::vector<RequestComparison> requests;
  std::vector<double> arrivals, firsts;
  double offset = INFINITY;
  Diagnostics problems;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    const Result<Value> line = parse_json(std::string_view(*text).substr(at, end - at), path);
    at = end + 1;
    if (!line) return line.problems();
    RequestComparison request;
    if (const Value* id = line->find("request_id"); id != nullptr && id->text() != nullptr)
      request.id = *id->text();
    const double arrival = number_of(*line, "arrival_time", problems);
    const double first = number_of(*line, "first_token_ts", problems);
    const double last = number_of(*line, "last_token_ts", problems);
    request.input_tokens = static_cast<std::int64_t>(number_of(*line, "input_toks", problems));
    request.output_tokens = static_cast<std::int64_t>(number_of(*line, "output_toks", problems));
    offset = std::min(offset, number_of(*line, "queued_ts", problems) - arrival);
    const double steps = static_cast<double>(std::max<std::int64_t>(1, request.output_tokens - 1));
    request.measured_tpot = (last - first) / steps * second;
    arrivals.push_back(arrival);
    firsts.push_back(first);
    requests.push_back(std::move(request));
  }
  if (!problems.empty()) return problems;
  for (std::size_t i = 0; i < requests.size(); ++i)
    requests[i].measured_ttft = (firsts[i] - arrivals[i] - offset) * second;
  return requests;
}

TrafficSpec traffic_of(const std::string& path) {
  SourceSpec source;
  source.arrivals = ArrivalKind::trace;
  source.trace.file = path;
  TrafficSpec spec;
  spec.sources.push_back(std::move(source));
  return spec;
}

RequestErrors errors_of(const std::vector<RequestComparison>& requests,
                        Seconds RequestComparison::*measured,
                        Seconds RequestComparison::*simulated) {
  std::vector<double> each;
  double whole_measured = 0, whole_simulated = 0;
  for (const RequestComparison& request : requests) {
    whole_measured += request.*measured / second;
    whole_simulated += request.*simulated / second;
    each.push_back(std::abs(request.*simulated / (request.*measured) - 1));
  }
  return {whole_simulated / whole_measured - 1, median_of(each)};
}

Result<RequestRun> replayed(const MeasuredServer& server, const ServeEngine& engine,
                            const std::string& path) {
  Result<std::vector<RequestComparison>> requests = measured_requests(path);
  if (!requests) return requests.problems();
  RequestRun run;
  run.name = server.name;
  run.requests = *std::move(requests);
  run.cache_tokens = engine.model->cache_tokens();
  ServingCluster cluster;
  ServingPool pool;
  pool.name = server.name;
  pool.accelerators_per_replica = engine.model->accelerators();
  pool.times = engine.model.get();
  pool.settings = settings_of(case_of(server), engine);
  pool.power = engine.model->power();
  cluster.pools.push_back(pool);
  SimulationOptions options;
  options.on_outcome = [&](const RequestOutcome& outcome) {
    RequestComparison& request = run.requests[static_cast<std::size_t>(outcome.request.id)];
    request.simulated_ttft = seconds_of_picos(outcome.first_token - outcome.request.arrival);
    const std::int64_t steps = std::max<std::int64_t>(1, outcome.request.output_tokens - 1);
    request.simulated_tpot =
        seconds_of_picos(outcome.last_token - outcome.first_token) / static_cast<double>(steps);
  };
  Result<std::unique_ptr<RequestSource>> source = open_traffic(traffic_of(path), 1);
  if (!source) return source.problems();
  const Result<SimulationReport> report = simulate_serving(cluster, **source, options);
  if (!report) return report.problems();
  if (report->finished != static_cast<std::int64_t>(run.requests.size()))
    return problem(server.name + ": not every request can be served");
  run.preemptions = report->preemptions;
  using R = RequestComparison;
  run.ttft = errors_of(run.requests, &R::measured_ttft, &R::simulated_ttft);
  run.tpot = errors_of(run.requests, &R::measured_tpot, &R::simulated_tpot);
  return run;
}

}  // namespace

Result<std::vector<RequestRun>> validate_requests(const Catalogue& catalogue,
                                                  const std::filesystem::path& validation_directory,
                                                  const std::filesystem::path& traces) {
  const Result<Value> document =
      read_document((validation_directory / "serving_requests.toml").string());
  if (!document) return document.problems();
  const Value* list = document->find("run");
  if (list == nullptr || list->array() == nullptr)
    return problem_at(document->where(), "no [[run]] in the file");
  std::vector<MeasuredServer> servers;
  Diagnostics problems;
  for (const Value& entry : *list->array()) {
    read_fields(entry, server_fields(), servers.emplace_back(), "a measured server", problems);
  }
  if (!problems.empty()) return problems;
  RowShelves shelves(catalogue);
  std::vector<ServeCase> cases;
  for (const MeasuredServer& server : servers) cases.push_back(case_of(server));
  const Result<ServeWorld> world = ServeWorld::load(catalogue, cases, shelves.lookup());
  if (!world) return world.problems();
  ServeEngines engines(*world);
  std::vector<RequestRun> runs;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    ServingLayout layout;
    layout.tensor = static_cast<int>(servers[i].tensor);
    const Result<const ServeEngine*> engine = engines.engine(cases[i], layout);
    if (!engine) return engine.problems();
    Result<RequestRun> run = replayed(servers[i], **engine, (traces / servers[i].file).string());
    if (!run) return run.problems();
    runs.push_back(*std::move(run));
  }
  return runs;
}

std::string request_rows_csv(const std::vector<RequestRun>& runs) {
  std::string csv =
      "run,request,input_tokens,output_tokens,measured_ttft_s,simulated_ttft_s,measured_tpot_s,"
      "simulated_tpot_s\n";
  for (const RequestRun& run : runs) {
    for (const RequestComparison& request : run.requests)
      csv += fmt::format("{},{},{},{},{:.6g},{:.6g},{:.6g},{:.6g}\n", csv_cell(run.name),
                         csv_cell(request.id), request.input_tokens, request.output_tokens,
                         request.measured_ttft / second, request.simulated_ttft / second,
                         request.measured_tpot / second, request.simulated_tpot / second);
  }
  return csv;
}

}  // namespace polyfleet
