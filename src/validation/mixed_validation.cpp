#include "validation/mixed_validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "base/csv.hpp"
#include "training/mixed_step.hpp"
#include "validation/mixed_setup.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {
namespace {

/// A published row's name in both files.
using RowKey = std::pair<std::string, std::string>;

struct PublishedRow {
  std::string url;
  std::optional<double> ratio;
};

Result<std::map<RowKey, PublishedRow>> read_published(std::string_view text,
                                                      const std::string& file) {
  const Result<CsvTable> table = CsvTable::parse(text, file);
  if (!table) return table.problems();
  const auto columns =
      table->require({"source", "url", "kind", "workload", "ratio_or_gain", "fraction_of_sum"});
  if (!columns) return columns.problems();
  std::map<RowKey, PublishedRow> rows;
  for (const CsvRow& row : table->rows()) {
    const auto cell = [&](std::size_t i) { return row.cells[(*columns)[i]]; };
    if (cell(2) != "training") continue;
    PublishedRow published{cell(1), published_ratio(cell(5))};
    if (!published.ratio) published.ratio = published_ratio(cell(4));
    if (!rows.emplace(RowKey{cell(0), cell(3)}, published).second)
      return problem_at({file, row.line, 0}, "two rows of the same source and workload");
  }
  return rows;
}

/// One row's cluster with everything loaded; not to be copied (pools point into it).
class RowCluster {
 public:
  static Result<std::unique_ptr<RowCluster>> make(const MixedSetup& setup,
                                                  const Catalogue& catalogue,
                                                  const TrainingModels& models) {
    auto cluster = std::unique_ptr<RowCluster>(new RowCluster(setup));
    Result<std::filesystem::path> file = catalogue.model_file(setup.model);
    if (!file) return file.problems();
    Result<ModelSpec> model = load_model(*file);
    if (!model) return model.problems();
    cluster->question_.model = *std::move(model);
    cluster->question_.models = &models;
    for (const SetupPool& pool : setup.pools) {
      const Diagnostics problems = cluster->add(pool, catalogue);
      if (!problems.empty()) return problems;
    }
    Result<CrossNetwork> network =
        CrossNetwork::make(cluster->question_.pools, {}, catalogue.directory());
    if (!network) return network.problems();
    cluster->network_ = std::make_unique<CrossNetwork>(*std::move(network));
    cluster->question_.network = cluster->network_.get();
    return cluster;
  }

  /// Tokens per second and device of groups that run as one job.
  struct Speed {
    double per_device = 0, devices = 0;
    MixedStep step;
  };
  Result<Speed> speed(const std::vector<SetupGroup>& groups, const SetupAlternative& reading,
                      bool strict) {
    question_.strict = strict;
    const MixedPlan plan = plan_of(groups, reading);
    Diagnostics problems = mixed_plan_problems(question_.model, question_.pools, plan);
    if (!problems.empty()) return problems;
    Speed speed;
    speed.step = mixed_step(question_, plan);
    for (const std::int64_t count : speed.step.devices_in_use)
      speed.devices += static_cast<double>(count);
    speed.per_device = speed.step.tokens_per_second / speed.devices;
    return speed;
  }

 private:
  explicit RowCluster(const MixedSetup& setup) : setup_(setup) {}

  Diagnostics add(const SetupPool& pool, const Catalogue& catalogue) {
    const Result<System> system = catalogue.system(pool.system);
    if (!system) return system.problems();
    const Result<Accelerator> part = catalogue.accelerator_of(*system);
    if (!part) return part.problems();
    Result<Machine> machine = load_machine(*part, *system, catalogue.directory());
    if (!machine) return machine.problems();
    machines_.push_back(std::make_unique<Machine>(*std::move(machine)));
    MixedPool own;
    own.name = pool.name;
    own.machine = machines_.back().get();
    own.devices = pool.devices;
    own.framework = pool.framework;
    own.release_date = pool.release_date;
    question_.pools.push_back(std::move(own));
    return {};
  }

  std::size_t index_of(const std::string& pool) const {
    const auto& pools = setup_.pools;
    return static_cast<std::size_t>(
        std::find_if(pools.begin(), pools.end(),
                     [&](const SetupPool& p) { return p.name == pool; }) -
        pools.begin());
  }

  MixedPlan plan_of(const std::vector<SetupGroup>& groups, const SetupAlternative& reading) const {
    MixedPlan plan;
    plan.sequence_length =
        reading.sequence_length > 0 ? reading.sequence_length : setup_.sequence_length;
    std::int64_t replicas = 0;
    for (const SetupGroup& group : groups) replicas += group.replicas;
    const std::int64_t batch =
        reading.global_batch > 0 ? reading.global_batch : setup_.global_batch;
    for (const SetupGroup& from : groups) {
      ReplicaGroup group;
      group.replicas = from.replicas;
      group.micro_batch = reading.micro_batch > 0 ? reading.micro_batch : setup_.micro_batch;
      group.micro_batches = std::max<std::int64_t>(1, batch / replicas / group.micro_batch);
      for (const SetupStages& stages : from.stages) {
        StageGroup own;
        own.pool = index_of(stages.pool);
        own.plan = setup_.settings;
        own.plan.layout.tensor = stages.tensor;
        own.plan.layout.pipeline = static_cast<int>(stages.layers.size());
        own.stage_layers = stages.layers;
        if (reading.reversed) std::reverse(own.stage_layers.begin(), own.stage_layers.end());
        group.stages.push_back(std::move(own));
      }
      if (reading.reversed) std::reverse(group.stages.begin(), group.stages.end());
      plan.groups.push_back(std::move(group));
    }
    return plan;
  }

  const MixedSetup& setup_;
  MixedQuestion question_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::unique_ptr<CrossNetwork> network_;
};

struct Ratio {
  double value = 0;
  MixedStep mixed;
};

Result<Ratio> ratio_of(RowCluster& cluster, const MixedSetup& setup,
                       const SetupAlternative& reading, bool strict) {
  Result<RowCluster::Speed> mixed = cluster.speed(setup.mixed, reading, strict);
  if (!mixed) return mixed.problems();
  double tokens = 0, devices = 0;
  for (const SetupGroup& alone : setup.reference) {
    const Result<RowCluster::Speed> speed = cluster.speed({alone}, reading, strict);
    if (!speed) return speed.problems();
    tokens += speed->per_device * speed->devices;
    devices += speed->devices;
  }
  return Ratio{mixed->per_device / (tokens / devices), std::move(mixed->step)};
}

/// The largest parts of the slowest group's step beside its busiest stage's work.
std::string limit_of(const MixedStep& step) {
  const GroupBreakdown& where = step.groups[step.slowest_group].where;
  const std::pair<const char*, Seconds> parts[] = {
      {"bubble and imbalance", where.own.bubble},
      {"hand-over", where.own.pipeline + where.border},
      {"staging", where.staging},
      {"gradients", where.own.gradient_reduce + where.cross_gradient},
      {"parameter gather and optimiser", where.own.parameter_gather + where.own.optimizer},
      {"waiting", where.waiting}};
  std::string text;
  for (const auto& [name, time] : parts) {
    const double share = 100 * (time / step.total);
    if (share < 0.5) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {:.1f} %", name, share);
  }
  return text;
}

Result<MixedValidationRow> predict(const MixedSetup& setup, const PublishedRow& published,
                                   const Catalogue& catalogue, const TrainingModels& models,
                                   bool strict) {
  MixedValidationRow row;
  row.source = setup.source;
  row.workload = setup.workload;
  row.url = published.url;
  row.compared = setup.compared;
  row.missing = setup.missing;
  row.assumptions = setup.assumptions;
  const std::optional<double> ratio = setup.published ? setup.published : published.ratio;
  if (ratio) row.published = *ratio;
  if (!ratio && row.set_up()) row.missing.push_back("no ratio is published");
  if (!row.set_up()) return row;
  const auto cluster = RowCluster::make(setup, catalogue, models);
  if (!cluster) return cluster.problems();
  Result<Ratio> own = ratio_of(**cluster, setup, {}, strict);
  if (!own) return own.problems();
  const Result<Ratio> bound = ratio_of(**cluster, setup, {}, true);
  if (!bound) return bound.problems();
  row.bound = bound->value;
  row.predicted = row.low = row.high = own->value;
  row.points = 100 * (row.predicted - row.published);
  row.fits_in_memory = own->mixed.fits_in_memory;
  row.limit = limit_of(own->mixed);
  for (const SetupAlternative& reading : setup.alternatives) {
    const Result<Ratio> other = ratio_of(**cluster, setup, reading, strict);
    if (!other) return other.problems();
    row.low = std::min(row.low, other->value);
    row.high = std::max(row.high, other->value);
  }
  return row;
}

void count(const MixedValidationRow& row, MixedValidation& validation) {
  if (!row.set_up()) return;
  constexpr double kClose = 5;  // points, the goal
  ++validation.set_up;
  if (std::abs(row.points) <= kClose) ++validation.within_five_points;
  if (100 * std::abs(row.bound - row.published) <= kClose) ++validation.bound_within_five_points;
}

}  // namespace

std::optional<double> published_ratio(std::string_view text) {
  const std::size_t start = text.find_first_of("0123456789");
  if (start == std::string_view::npos) return std::nullopt;
  double value = 0;
  const auto read = std::from_chars(text.data() + start, text.data() + text.size(), value);
  return read.ec == std::errc() && value > 0 ? std::optional(value) : std::nullopt;
}

Result<MixedValidation> validate_mixed(std::string_view table, const std::string& file,
                                       const Catalogue& catalogue, const TrainingModels& models,
                                       const std::filesystem::path& validation_directory,
                                       const MixedValidationOptions& options) {
  const auto published = read_published(table, file);
  if (!published) return published.problems();
  const auto setups = load_mixed_setups(validation_directory);
  if (!setups) return setups.problems();
  MixedValidation validation;
  Diagnostics problems;
  std::set<RowKey> spoken_of;
  for (const MixedSetup& setup : *setups) {
    const auto row = published->find({setup.source, setup.workload});
    if (row == published->end()) {
      problems.push_back(problem_at(
          {file, 0, 0}, fmt::format("no training row '{}', '{}'", setup.source, setup.workload),
          "correct the entry of mixed_rows.toml"));
      continue;
    }
    spoken_of.insert(row->first);
    Result<MixedValidationRow> predicted =
        predict(setup, row->second, catalogue, models, options.strict);
    if (!predicted) {
      problems.insert(problems.end(), predicted.problems().begin(), predicted.problems().end());
      continue;
    }
    count(*predicted, validation);
    validation.rows.push_back(*std::move(predicted));
  }
  for (const auto& [key, row] : *published) {
    if (!spoken_of.contains(key))
      problems.push_back(problem_at(
          {file, 0, 0},
          fmt::format("'{}', '{}' has no entry in mixed_rows.toml", key.first, key.second),
          "set it up or say what is missing"));
  }
  if (!problems.empty()) return problems;
  return validation;
}

}  // namespace polyfleet
