#include "app/serving_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Lengths between which a transfer's time is taken as a straight line.
constexpr double kShortPrompt = 1024, kLongPrompt = 16384;

Result<CrossLink> link_between(const TransferEnds& ends, const StatedTransfer* stated) {
  const EngineMachine& from = *ends.from.machine;
  const EngineMachine& to = *ends.to.machine;
  const auto host_rate = [](const Accelerator& part) -> std::optional<BytesPerSecond> {
    if (!part.host_rate) return std::nullopt;
    return part.host_rate->value;
  };
  const CrossEnd a{&from.network, host_rate(from.accelerator)};
  const CrossEnd b{&to.network, host_rate(to.accelerator)};
  const CrossRoute route = stated != nullptr ? stated->path : CrossRoute::direct;
  const bool rate_stated = stated != nullptr && stated->rate;
  CrossLink link;
  if (rate_stated && route == CrossRoute::direct) {
    link.rate = *stated->rate;
    link.basis = fmt::format("stated: {} per accelerator", print_quantity(link.rate));
  } else {
    Result<CrossLink> usual = default_cross_link(a, b, route);
    if (!usual) return usual.problems();
    link = *std::move(usual);
    if (rate_stated) link.rate = *stated->rate;
  }
  if (stated != nullptr && stated->latency) link.latency = *stated->latency;
  if (stated != nullptr && !stated->source.empty()) link.basis += " (" + stated->source + ")";
  return link;
}

Bytes cache_bytes(const ResolvedEngine& served, double length) {
  const EngineQuestion& question = served.engine->question();
  const InferenceContext context{*question.model, question.layout, question.formats,
                                 question.expert_imbalance};
  return cache_bytes_of_sequence(context, length);
}

/// Seconds to write the received cache in the receiver's format and layout: read once, written
/// once, at the receiving accelerators' memory bandwidth.
double rewriting_per_token(const TransferEnds& ends) {
  const double tokens = kLongPrompt - kShortPrompt;
  const Accelerator& part = ends.to.machine->accelerator;
  const auto& bandwidth =
      part.measured_memory_bandwidth ? part.measured_memory_bandwidth : part.memory_bandwidth;
  if (!bandwidth) return 0;
  const auto growth = [&](const ResolvedEngine& served) {
    return (cache_bytes(served, kLongPrompt) - cache_bytes(served, kShortPrompt)) / tokens;
  };
  const double parts = ends.to.engine->accelerators();
  return (growth(ends.from) + growth(ends.to)) / (parts * bandwidth->value) / second;
}

/// Whether the cache must be rewritten, and why.
std::string rewriting_reason(const TransferEnds& ends) {
  const Dtype from = ends.from.engine->question().formats.cache;
  const Dtype to = ends.to.engine->question().formats.cache;
  if (from != to) return fmt::format("cache {} to {}", name_of(from), name_of(to));
  if (ends.from.machine->accelerator.vendor != ends.to.machine->accelerator.vendor)
    return "the vendors' kernels lay the cache out differently";
  return {};
}

}  // namespace

Result<CacheTransfer> cache_transfer(const TransferEnds& ends, const StatedTransfer* stated,
                                     const CollectiveData& data) {
  const Result<CrossLink> link = link_between(ends, stated);
  if (!link) return link.problems();
  const Result<CrossCosts> costs =
      CrossCosts::make(*link, ends.from.machine->network, ends.to.machine->network, data);
  if (!costs) return costs.problems();
  const int flows = std::min(ends.from.engine->accelerators(), ends.to.engine->accelerators());
  const auto sent = [&](double length) {
    return costs->send(cache_bytes(ends.from, length) / flows, 1, flows);
  };
  const CrossTime brief = sent(kShortPrompt), long_one = sent(kLongPrompt);
  const double tokens = kLongPrompt - kShortPrompt;
  const double network = (long_one.network - brief.network) / second / tokens;
  const double staging = (long_one.staging - brief.staging) / second / tokens;
  CacheTransfer transfer;
  const Seconds rest = brief.total() - kShortPrompt * (network + staging) * second;
  transfer.latency = picos_of(max(0 * second, rest));
  transfer.picos_per_token = network * kPicosPerSecond;
  transfer.stage_picos_per_token = staging * kPicosPerSecond;
  transfer.basis = link->basis;
  if (link->route == CrossRoute::staged) transfer.basis += "; copies to and from host memory";
  if (const std::string why = rewriting_reason(ends); !why.empty()) {
    transfer.convert_picos_per_token = rewriting_per_token(ends) * kPicosPerSecond;
    transfer.basis += fmt::format("; rewritten on arrival: {}", why);
  }
  return transfer;
}

}  // namespace polyfleet
