#include "cost/collective_costs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace polyfleet {
namespace {

std::size_t index_of(CollectiveKind kind) { return static_cast<std::size_t>(kind); }

/// Rate that a group of this size has together: a full mesh gives n-1 links, anything else all.
double group_rate(const Network& network, double ranks) {
  const double all = network.scale_up_rate.base();
  if (network.scale_up != ScaleUpKind::xgmi_mesh) return all;
  return std::min(all, (ranks - 1) * network.pair_rate.base());
}

/// The nearest family of the kind that does not name the part.
const CollectiveFamily* foreign_family(const std::vector<CollectiveFamily>& families,
                                       const Network& network) {
  const CollectiveFamily* best = nullptr;
  double best_distance = 0;
  for (const CollectiveFamily& family : families) {
    const auto& ids = family.accelerators;
    const bool own = std::find(ids.begin(), ids.end(), network.accelerator_id) != ids.end();
    if (own || family.kind != network.scale_up) continue;
    const double distance = std::abs(std::log(family.rate / network.scale_up_rate));
    if (best == nullptr || distance < best_distance) {
      best = &family;
      best_distance = distance;
    }
  }
  return best;
}

constexpr std::string_view kNothing = "nothing to do";

}  // namespace

Result<CollectiveData> CollectiveData::load(const std::filesystem::path& data_directory) {
  auto families = load_collective_families(data_directory / "collectives");
  auto measured = load_collective_tables(data_directory / "measurements" / "collectives");
  auto uncertainty =
      load_collective_uncertainty(data_directory / "collectives" / "uncertainty.toml");
  auto launches = load_launch_costs(data_directory / "collectives" / "launch.toml");
  Diagnostics problems;
  for (const Diagnostics* found :
       {families ? nullptr : &families.problems(), measured ? nullptr : &measured.problems(),
        uncertainty ? nullptr : &uncertainty.problems(),
        launches ? nullptr : &launches.problems()}) {
    if (found != nullptr) problems.insert(problems.end(), found->begin(), found->end());
  }
  if (!problems.empty()) return problems;
  return CollectiveData{std::move(families).value(), std::move(measured).value(), *uncertainty,
                        std::move(launches).value()};
}

Result<CollectiveCosts> CollectiveCosts::load(const Network& network,
                                              const std::filesystem::path& data_directory) {
  const Result<CollectiveData> data = CollectiveData::load(data_directory);
  if (!data) return data.problems();
  return make(network, *data);
}

Result<CollectiveCosts> CollectiveCosts::make(const Network& network, const CollectiveData& data,
                                              const CollectiveOptions& options) {
  Diagnostics problems = problems_of(network);
  CollectiveCosts costs;
  costs.network_ = network;
  costs.uncertainty_ = data.uncertainty;
  const std::string id = options.without_own_tables ? std::string() : network.accelerator_id;
  const auto out =
      family_for(data.families, ScaleUpKind::none, id, network.vendor, network.scale_out_rate);
  if (out == nullptr) problems.push_back(problem("data/collectives has no scale-out family"));
  if (network.scale_up != ScaleUpKind::none) {
    const auto up = options.without_own_family ? foreign_family(data.families, network)
                                               : family_for(data.families, network.scale_up, id,
                                                            network.vendor, network.scale_up_rate);
    if (up == nullptr) {
      problems.push_back(problem("data/collectives has no family of this scale-up kind"));
    } else {
      costs.scale_up_ = *up;
    }
  }
  if (!problems.empty()) return problems;
  costs.scale_out_ = *out;
  costs.add_curves(data, options);
  return costs;
}

void CollectiveCosts::rescale(const Network& network, const LinkScaling& scale_up,
                              const LinkScaling& scale_out) {
  network_ = network;
  launch_ *= scale_up.latency;
  for (auto& [family, scaling] :
       {std::pair(&scale_up_, &scale_up), std::pair(&scale_out_, &scale_out)}) {
    for (std::size_t i = 0; i < kCollectiveKindCount; ++i) {
      for (ProtocolRow& row : family->rows[i]) {
        row.base *= scaling->latency * scaling->time[i];
        row.hop *= scaling->latency * scaling->time[i];
        row.efficiency /= scaling->time[i];
      }
    }
  }
}

void CollectiveCosts::add_points(const CollectiveData& data, const CollectiveOptions& options,
                                 const std::string& library, const std::string& accelerator,
                                 CollectiveKind kind) {
  // A relative's curve belongs to its link: the same time is spent on `scale` times the bytes.
  const bool own = accelerator == network_.accelerator_id;
  const double scale = own ? 1 : network_.scale_up_rate / scale_up_.rate;
  CorrectionCurves& curves = curves_[index_of(kind)];
  for (const MeasuredCollective& point : data.measured) {
    if (point.op != kind || point.library != library || point.accelerator != accelerator) continue;
    if (options.without_payload && point.payload == *options.without_payload) continue;
    if (options.without_ranks && point.ranks == *options.without_ranks) continue;
    const double bytes = point.payload.base() * scale;
    const Parts closed = closed_form(kind, bytes, point.ranks);
    curves.for_ranks(point.ranks)
        .add(std::log2(bytes), std::log(point.time.base() / closed.total()));
  }
  curves.finish();
}

void CollectiveCosts::note_fits(const CollectiveData& data, const std::string& accelerator) {
  const auto& ids = scale_up_.accelerators;
  const auto named = [&](const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  if (!named(accelerator)) return;
  for (const MeasuredCollective& point : data.measured) {
    if (named(point.accelerator)) fitted_[index_of(point.op)] = true;
  }
}

void CollectiveCosts::add_curves(const CollectiveData& data, const CollectiveOptions& options) {
  if (network_.scale_up == ScaleUpKind::none) return;
  if (!options.without_own_tables) note_fits(data, network_.accelerator_id);
  for (const LaunchCost& cost : data.launches) {
    if (cost.library == options.library) launch_ = cost.extra.base();
  }
  std::vector<std::string> libraries;
  if (!options.library.empty()) libraries.push_back(options.library);
  if (options.library != scale_up_.library) libraries.push_back(scale_up_.library);
  std::vector<std::string> parts;
  if (!options.without_own_tables) parts.push_back(network_.accelerator_id);
  for (const std::string& relative : scale_up_.accelerators) {
    if (relative != network_.accelerator_id) parts.push_back(relative);
  }
  for (std::size_t i = 0; i < kCollectiveKindCount; ++i) {
    for (const std::string& part : parts) {
      for (const std::string& library : libraries) {
        if (!curves_[i].empty()) continue;
        add_points(data, options, library, part, static_cast<CollectiveKind>(i));
        if (curves_[i].empty()) continue;
        own_curve_[i] = part == network_.accelerator_id;
        other_library_[i] = !options.library.empty() && library != options.library;
      }
    }
    if (curves_[i].empty()) other_library_[i] = !options.library.empty();
  }
}

CollectiveCosts::Parts CollectiveCosts::unreached() {
  return {0, 0, std::numeric_limits<double>::infinity(), 0, "no scale-out network"};
}

CollectiveCosts::Parts CollectiveCosts::best_row(const std::vector<ProtocolRow>& rows, double bytes,
                                                 double ranks, double rate) {
  Parts best = unreached();
  for (const ProtocolRow& row : rows) {
    const CollectiveShape shape = shape_of(row.algorithm, row.op, ranks);
    if (!shape.possible() || ranks < row.min_ranks) continue;
    const Parts parts{row.base.base(), shape.steps * row.hop.base(),
                      shape.volume * bytes / (rate * row.efficiency), shape.volume, row.label};
    if (parts.total() < best.total()) best = parts;
  }
  return best;
}

CollectiveCosts::Parts CollectiveCosts::torus_parts(CollectiveKind kind, double bytes,
                                                    double ranks) const {
  const TorusSlice slice = torus_slice(network_.torus_dims, ranks);
  const double rate = network_.scale_up_rate.base() * slice.share_of_links;
  const CollectiveShape shape =
      torus_shape(kind, std::span<const int>(slice.axes.data(), slice.count));
  Parts best = unreached();
  for (const ProtocolRow& row : scale_up_.rows[index_of(kind)]) {
    const Parts parts{row.base.base(), shape.steps * row.hop.base(),
                      shape.volume * bytes / (rate * row.efficiency), shape.volume, row.label};
    if (parts.total() < best.total()) best = parts;
  }
  return best;
}

CollectiveCosts::Parts CollectiveCosts::closed_form(CollectiveKind kind, double bytes,
                                                    double ranks) const {
  if (network_.scale_up == ScaleUpKind::torus) return torus_parts(kind, bytes, ranks);
  return best_row(scale_up_.rows[index_of(kind)], bytes, ranks, group_rate(network_, ranks));
}

CollectiveCosts::Parts CollectiveCosts::scale_up(CollectiveKind kind, double bytes,
                                                 int ranks) const {
  Parts parts = closed_form(kind, bytes, ranks);
  const CorrectionCurves& curves = curves_[index_of(kind)];
  if (!curves.empty()) {
    const double factor = std::exp(curves.at(ranks, std::log2(std::max(bytes, 1.0))));
    parts.base *= factor;
    parts.hops *= factor;
    parts.bandwidth *= factor;
  }
  if (other_library_[index_of(kind)]) parts.base += launch_;
  return parts;
}

void CollectiveCosts::set_provenance(CollectiveKind kind, Bytes payload, int per_domain,
                                     double latency_share, CollectiveTime& out) const {
  const std::size_t i = index_of(kind);
  const double log2_bytes = std::log2(std::max(payload.base(), 1.0));
  if (own_curve_[i] && curves_[i].covers(per_domain, log2_bytes)) {
    out.fidelity = Fidelity::measured_table;
    out.sigma = uncertainty_.measured_table;
  } else if (own_curve_[i] || fitted_[i]) {
    out.fidelity = Fidelity::analytic_fit;
    // One octave of ranks was cross-validated; farther away errors are taken to walk at random.
    const double octaves = std::max(1.0, curves_[i].octaves_from(per_domain));
    out.sigma =
        own_curve_[i] ? uncertainty_.other_ranks * std::sqrt(octaves) : uncertainty_.analytic_fit;
  } else {
    out.fidelity = Fidelity::transferred;
    // Latencies change between generations without a rule; shares of the link rate hardly do.
    out.sigma = std::hypot(uncertainty_.transferred_latency * latency_share,
                           uncertainty_.transferred_rate * (1 - latency_share));
  }
  if (other_library_[i]) out.sigma = std::hypot(out.sigma, uncertainty_.other_library);
}

CollectiveTime CollectiveCosts::time(CollectiveKind kind, Bytes payload,
                                     const RankGroup& group) const {
  CollectiveTime out;
  out.algorithm = kNothing;
  out.fidelity = Fidelity::analytic_fit;
  if (group.size <= 1) return out;
  const bool no_domain = network_.scale_up == ScaleUpKind::none;
  const int per_domain = no_domain ? 1 : std::clamp(group.per_domain, 1, group.size);
  const bool inside = per_domain >= group.size;
  const Parts parts = inside ? scale_up(kind, payload.base(), group.size)
                             : two_level(kind, payload.base(), group, per_domain);
  out.time = parts.total() * second;
  out.algorithm = parts.label;
  const double latency_share =
      std::isfinite(parts.total()) ? (parts.base + parts.hops) / parts.total() : 0;
  set_provenance(kind, payload, per_domain, latency_share, out);
  if (inside) return out;
  // Across domains the scale-out constants decide; a measured inner part does not make a table.
  out.sigma = std::hypot(out.sigma, uncertainty_.scale_out);
  if (per_domain == 1 || out.fidelity == Fidelity::measured_table)
    out.fidelity = Fidelity::analytic_fit;
  return out;
}

}  // namespace polyfleet
