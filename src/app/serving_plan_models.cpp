#include "app/serving_plan_models.hpp"

#include <fmt/format.h>

#include "serving/steady_state.hpp"

namespace polyfleet {
namespace {

/// Formats that the part does not multiply, or nothing.
std::optional<std::string> foreign_format(const InferenceFormats& formats,
                                          const Accelerator& part) {
  for (const WeightFormat& each : {formats.attention_projections, formats.mlp, formats.experts,
                                   formats.shared_experts, formats.head}) {
    const bool fp4 = each.multiplied == Dtype::mxfp4 || each.multiplied == Dtype::nvfp4;
    const bool fp8 = each.multiplied == Dtype::fp8 || each.multiplied == Dtype::mxfp8;
    // NVFP4 is NVIDIA's own block format.
    if (each.multiplied == Dtype::nvfp4 && part.vendor != "NVIDIA") return "nvfp4";
    if (!fp4 && !fp8) continue;
    // Where a part has no figure of its own it reads that of the next wider format.
    const auto own = part.dense_peak(fp4 ? Dtype::mxfp4 : Dtype::fp8);
    const auto wider = part.dense_peak(fp4 ? Dtype::fp8 : Dtype::bf16);
    if (!own || (wider && own->value <= wider->value)) return std::string(name_of(each.multiplied));
  }
  return std::nullopt;
}

}  // namespace

EngineReplica::EngineReplica(ResolvedEngine served, std::size_t offer)
    : served_(std::move(served)), offer_(offer) {}

SteadyState EngineReplica::aggregated(const SteadyLoad& load) const {
  return steady_state(steady_engine(*served_.engine), load);
}
SteadyState EngineReplica::prefill(const SteadyLoad& load) const {
  return prefill_steady_state(steady_engine(*served_.engine), load);
}
SteadyState EngineReplica::decode(const SteadyLoad& load) const {
  return decode_steady_state(steady_engine(*served_.engine), load);
}

void EngineReplicas::add_engine(const EngineProfile& profile) {
  const std::size_t offer = machines_.size() - 1;
  const EngineMachine& machine = *machines_.back();
  profiles_.emplace(
      std::pair(offer, profile.id),
      profile_on(profile, {machine.accelerator, machine.visible_memory, {}, settings_.model}));
}

Result<std::unique_ptr<ReplicaModel>> EngineReplicas::make(const ReplicaKind& kind) const {
  const EngineMachine& machine = *machines_[kind.offer];
  if (const auto format = foreign_format(kind.formats, machine.accelerator))
    return problem(fmt::format("{} does not multiply {}", machine.accelerator.name, *format));
  ResolvedEngine served;
  served.model = settings_.model;
  served.machine = &machine;
  served.profile = std::make_unique<EngineProfile>(profile(kind.offer, kind.engine));
  EngineQuestion question;
  question.model = settings_.model;
  question.machine = &machine;
  question.profile = served.profile.get();
  question.layout = kind.layout;
  question.formats = kind.formats;
  question.settings = served.profile->settings;
  if (kind.max_sequences > 0) question.settings.max_sequences = kind.max_sequences;
  question.speculation = settings_.speculation;
  question.expert_imbalance = settings_.expert_imbalance;
  auto engine = EngineModel::make(question, activity_);
  if (!engine) return engine.problems();
  served.engine = *std::move(engine);
  return std::unique_ptr<ReplicaModel>(
      std::make_unique<EngineReplica>(std::move(served), kind.offer));
}

Result<CacheTransfer> EngineReplicas::transfer(const ReplicaModel& from,
                                               const ReplicaModel& to) const {
  const auto& one = static_cast<const EngineReplica&>(from);
  const auto& other = static_cast<const EngineReplica&>(to);
  const auto cache = [](const EngineReplica& replica) {
    return static_cast<std::size_t>(replica.served().engine->question().formats.cache);
  };
  const TransferKey key{one.offer(),
                        other.offer(),
                        static_cast<std::size_t>(one.accelerators()),
                        static_cast<std::size_t>(other.accelerators()),
                        cache(one),
                        cache(other)};
  if (const auto known = transfers_.find(key); known != transfers_.end()) return known->second;
  Result<CacheTransfer> path = cache_transfer({one.served(), other.served()}, nullptr, links_);
  if (path) transfers_.emplace(key, *path);
  return path;
}

}  // namespace polyfleet
