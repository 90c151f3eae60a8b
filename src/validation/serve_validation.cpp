#include "validation/serve_validation.hpp"

#include <fmt/format.h>

#include <atomic>
#include <map>

#include "base/parallel_work.hpp"
#include "serving/serving_interval.hpp"
#include "validation/row_machines.hpp"
#include "validation/serve_prediction.hpp"
#include "validation/serve_reading.hpp"

namespace polyfleet {
namespace {

/// Whether any row of the case is to be predicted.
bool asks(const ServeCase& read) {
  if (!read.skip.empty()) return false;
  for (const ServeRow& row : read.rows) {
    if (row.skip.empty()) return true;
  }
  return false;
}

bool in_split(const ServeCase& read, ValidationSplit split) {
  if (split == ValidationSplit::all) return true;
  return read.in_fit_half == (split == ValidationSplit::train);
}

/// Cases that share an engine are one task: its tables are filled once.
std::vector<std::vector<std::size_t>> tasks_of(const std::vector<ServeCase>& cases) {
  std::map<std::string, std::size_t> places;
  std::vector<std::vector<std::size_t>> tasks;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!asks(cases[i])) continue;
    const ServingLayout shared = cases[i].layout_is_open ? ServingLayout{} : cases[i].layout;
    const auto [place, fresh] =
        places.try_emplace(ServeEngines::key(cases[i], shared), tasks.size());
    if (fresh) tasks.emplace_back();
    tasks[place->second].push_back(i);
  }
  return tasks;
}

using Answers = std::vector<std::optional<Result<ServeFigures>>>;

/// Predicts every case that asks for it; each task by one thread, answers in the order of cases.
Answers predict_all(const std::vector<ServeCase>& cases, const ServeWorld& world,
                    const ServeValidationOptions& options) {
  Answers answers(cases.size());
  const std::vector<std::vector<std::size_t>> tasks = tasks_of(cases);
  std::atomic<std::size_t> done{0};
  const auto work = [&](std::size_t task) {
    ServePredictor predictor(world);
    for (const std::size_t i : tasks[task]) answers[i].emplace(predictor.predict(cases[i]));
    ++done;
    if (options.progress)
      options.progress(static_cast<double>(done) / static_cast<double>(tasks.size()));
  };
  do_in_parallel(tasks.size(), std::max(1U, options.threads), options.stop, work);
  return answers;
}

class Comparison {
 public:
  explicit Comparison(const ServingIntervalTable& intervals) : intervals_(intervals) {}

  void add(const ServeCase& read, const std::optional<Result<ServeFigures>>& answer) {
    ++result_.configurations;
    result_.simulated += answer && answer->has_value() ? 1 : 0;
    const bool left = asks(read) && !answer;
    result_.interrupted = result_.interrupted || left;
    for (const ServeRow& row : read.rows) {
      if (!row.skip.empty()) {
        skip(read, row, row.skip);
      } else if (!read.skip.empty()) {
        skip(read, row, read.skip);
      } else if (left) {
        skip(read, row, std::string(kStoppedBefore));
      } else if (!answer->has_value()) {
        skip(read, row, general((*answer).problems().front().what));
      } else {
        compare(read, row, **answer);
      }
    }
  }

  ServeValidation take() { return std::move(result_); }

 private:
  /// The reason without the figures of the one case, so that equal reasons are counted together.
  static std::string general(const std::string& reason) {
    return reason.substr(0, reason.find(": "));
  }

  static std::string metric_of(const ServeRow& row) {
    return row.label.empty() ? std::string(name_of(row.metric))
                             : fmt::format("{} ({})", name_of(row.metric), row.label);
  }

  void skip(const ServeCase& read, const ServeRow& row, std::string reason) {
    result_.skipped.push_back(
        {{row.id, read.source, read.vendor, read.accelerator, read.model, std::move(reason)},
         read.engine,
         read.harness,
         metric_of(row),
         read.kind});
  }

  void compare(const ServeCase& read, const ServeRow& row, const ServeFigures& figures) {
    const bool power =
        row.metric == ServeMetric::accelerator_power || row.metric == ServeMetric::system_power;
    if (power && !figures.power_known) return skip(read, row, "no published power of this part");
    ServeRowResult result;
    const double predicted = value_of_row(row, read, figures);
    if (predicted <= 0) return skip(read, row, "one output token has no time per further token");
    result.metric = metric_of(row);
    const ServingInterval interval =
        intervals_.interval(name_of(read.kind), result.metric, read.vendor, figures.log_sigma);
    result.prediction = {.id = row.id,
                         .source = read.source,
                         .vendor = read.vendor,
                         .accelerator = read.accelerator,
                         .model = read.model_id,
                         .measured = row.measured,
                         .predicted = predicted,
                         .low = predicted * interval.low,
                         .high = predicted * interval.high,
                         .quantity = result.metric,
                         .unit = std::string(unit_of(row.metric))};
    result.configuration = read.id;
    result.engine = read.engine;
    result.harness = read.harness;
    result.date = read.date;
    result.kind = read.kind;
    result.log_sigma = figures.log_sigma;
    result.in_fit_half = read.in_fit_half;
    result.assumptions = read.assumptions;
    result_.rows.push_back(std::move(result));
  }

  const ServingIntervalTable& intervals_;
  ServeValidation result_;
};

}  // namespace

Result<ServeValidation> validate_serve(std::string_view table, const std::string& file,
                                       const Catalogue& catalogue,
                                       const std::filesystem::path& validation_directory,
                                       const ServeValidationOptions& options) {
  const Result<std::vector<TruthRow>> rows = read_truth(table, file);
  if (!rows) return rows.problems();
  const Result<ServeTables> tables = ServeTables::load(validation_directory);
  if (!tables) return tables.problems();
  const Result<ServingIntervalTable> intervals = ServingIntervalTable::load(catalogue.directory());
  if (!intervals) return intervals.problems();
  RowShelves shelves(catalogue);
  const CatalogueLookup lookup = shelves.lookup();
  std::vector<ServeCase> cases = read_serve_cases(*rows, *tables, lookup);
  std::erase_if(cases, [&](const ServeCase& read) { return !in_split(read, options.split); });
  const Result<ServeWorld> world =
      ServeWorld::load(catalogue, cases, lookup, {.host_times = !options.strict});
  if (!world) return world.problems();
  const Answers answers = predict_all(cases, *world, options);
  Comparison comparison(*intervals);
  for (std::size_t i = 0; i < cases.size(); ++i) comparison.add(cases[i], answers[i]);
  ServeValidation validation = comparison.take();
  validation.harnesses = tables->harnesses;
  return validation;
}

}  // namespace polyfleet
