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

constexpr std::string_view kNothing = "nothing to do";
constexpr std::string_view kNoNetwork = "no scale-out network";

}  // namespace

Result<CollectiveData> CollectiveData::load(const std::filesystem::path& data_directory) {
  auto families = load_collective_families(data_directory / "collectives");
  auto measured = load_collective_tables(data_directory / "measurements" / "collectives");
  auto uncertainty =
      load_collective_uncertainty(data_directory / "collectives" / "uncertainty.toml");
  Diagnostics problems;
  for (const Diagnostics* found :
       {families ? nullptr : &families.problems(), measured ? nullptr : &measured.problems(),
        uncertainty ? nullptr : &uncertainty.problems()}) {
    if (found != nullptr) problems.insert(problems.end(), found->begin(), found->end());
  }
  if (!problems.empty()) return problems;
  return CollectiveData{std::move(families).value(), std::move(measured).value(), *uncertainty};
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
    const auto up =
        family_for(data.families, network.scale_up, id, network.vendor, network.scale_up_rate);
    if (up == nullptr) {
      problems.push_back(problem("data/collectives has no family of this scale-up kind"));
    } else {
      costs.scale_up_ = *up;
      costs.own_family_ =
          std::find(up->accelerators.begin(), up->accelerators.end(), id) != up->accelerators.end();
    }
  }
  if (!problems.empty()) return problems;
  costs.scale_out_ = *out;
  costs.add_curves(data, options);
  return costs;
}

void CollectiveCosts::add_points(const CollectiveData& data, const CollectiveOptions& options,
                                 const std::string& accelerator, CollectiveKind kind,
                                 double scale) {
  CorrectionCurves& curves = curves_[index_of(kind)];
  for (const std::string& library : {options.library, scale_up_.library}) {
    if (library.empty() || !curves.empty()) continue;
    for (const MeasuredCollective& point : data.measured) {
      if (point.op != kind || point.library != library || point.accelerator != accelerator)
        continue;
      if (options.without_payload && point.payload == *options.without_payload) continue;
      if (options.without_ranks && point.ranks == *options.without_ranks) continue;
      const Parts closed = closed_form(kind, point.payload.base() * scale, point.ranks);
      curves.for_ranks(point.ranks)
          .add(std::log2(point.payload.base() * scale),
               std::log(point.time.base() / closed.total()));
    }
  }
  curves.finish();
}

void CollectiveCosts::add_curves(const CollectiveData& data, const CollectiveOptions& options) {
  if (network_.scale_up == ScaleUpKind::none) return;
  // A relative's curve belongs to its link: the same time is spent on scale times the bytes.
  const double scale = network_.scale_up_rate / scale_up_.rate;
  for (std::size_t i = 0; i < kCollectiveKindCount; ++i) {
    const CollectiveKind kind = static_cast<CollectiveKind>(i);
    if (!options.without_own_tables) add_points(data, options, network_.accelerator_id, kind, 1);
    own_curve_[i] = !curves_[i].empty();
    for (const std::string& relative : scale_up_.accelerators) {
      if (!curves_[i].empty()) break;
      if (options.without_own_tables && relative == network_.accelerator_id) continue;
      add_points(data, options, relative, kind, scale);
    }
  }
}

CollectiveCosts::Parts CollectiveCosts::best_row(const std::vector<ProtocolRow>& rows, double bytes,
                                                 double ranks, double rate) {
  Parts best{0, 0, std::numeric_limits<double>::infinity(), 0, kNoNetwork};
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
  constexpr std::size_t kMostAxes = 8;
  std::array<int, kMostAxes> axes{};
  std::size_t count = 0;
  double left = ranks;
  for (const int length : network_.torus_dims) {
    if (count == kMostAxes || left <= 1) break;
    axes[count] = static_cast<int>(std::min<double>(length, left));
    left = std::ceil(left / axes[count++]);
  }
  if (count == 0) {
    // No dimensions given: a square, the worse of the two shapes in use (2D and 3D).
    axes[0] = static_cast<int>(std::ceil(std::sqrt(ranks)));
    axes[1] = static_cast<int>(std::ceil(ranks / axes[0]));
    count = 2;
  } else if (left > 1) {
    axes[count - 1] = static_cast<int>(axes[count - 1] * left);
  }
  const auto all_axes = std::max<std::size_t>(2, network_.torus_dims.size());
  std::size_t used = 0;
  for (std::size_t i = 0; i < count; ++i) used += axes[i] > 1 ? 1 : 0;
  const double rate =
      network_.scale_up_rate.base() * static_cast<double>(used) / static_cast<double>(all_axes);
  const CollectiveShape shape = torus_shape(kind, std::span<const int>(axes.data(), count));
  Parts best{0, 0, std::numeric_limits<double>::infinity(), 0, kNoNetwork};
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
  if (curves.empty()) return parts;
  const double factor = std::exp(curves.at(ranks, std::log2(std::max(bytes, 1.0))));
  parts.base *= factor;
  parts.hops *= factor;
  parts.bandwidth *= factor;
  return parts;
}

CollectiveTime CollectiveCosts::time(CollectiveKind kind, Bytes payload,
                                     const RankGroup& group) const {
  CollectiveTime out;
  out.algorithm = kNothing;
  out.fidelity = Fidelity::analytic_fit;
  if (group.size <= 1) return out;
  const bool no_domain = network_.scale_up == ScaleUpKind::none;
  const int per_domain = no_domain ? 1 : std::clamp(group.per_domain, 1, group.size);
  const bool own_curve = own_curve_[index_of(kind)];
  const double log2_bytes = std::log2(std::max(payload.base(), 1.0));
  out.fidelity = own_curve && curves_[index_of(kind)].covers(per_domain, log2_bytes)
                     ? Fidelity::measured_table
                     : (own_family_ || own_curve ? Fidelity::analytic_fit : Fidelity::transferred);
  out.sigma = out.fidelity == Fidelity::measured_table ? uncertainty_.measured_table
              : own_curve                              ? uncertainty_.other_ranks
              : own_family_                            ? uncertainty_.analytic_fit
                                                       : uncertainty_.transferred;
  const bool inside = per_domain >= group.size;
  const Parts parts = inside ? scale_up(kind, payload.base(), group.size)
                             : two_level(kind, payload.base(), group, per_domain);
  out.time = parts.total() * second;
  out.algorithm = parts.label;
  if (inside) return out;
  out.sigma = std::hypot(out.sigma, uncertainty_.scale_out);
  if (per_domain == 1 || out.fidelity == Fidelity::measured_table)
    out.fidelity = Fidelity::analytic_fit;
  return out;
}

}  // namespace polyfleet
