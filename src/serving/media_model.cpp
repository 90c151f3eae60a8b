#include "serving/media_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "serving/media_work.hpp"
#include "training/layer_time.hpp"
#include "units/text.hpp"
#include "workload/flops.hpp"

namespace polyfleet {
namespace {

/// Traffic of quantising one element of an operand: read wide, written narrow.
double cast_bytes(Dtype linear) {
  const Bytes wide = bytes_per_element(Dtype::bf16);
  return bytes_per_element(linear) < wide ? (wide + bytes_per_element(linear)) / byte : 0;
}

/// Device times of one block, and how sure they are.
struct BlockTime {
  Seconds products, attention, small_kernels, communication;
  double deviation = 0;  ///< seconds, fully correlated
  Seconds total() const { return products + attention + small_kernels + communication; }
};

void add_op(const Op& op, const KernelTime& kernel, BlockTime& time) {
  if (op.kind == OpKind::attention) {
    time.attention += kernel.time;
  } else if (op.kind == OpKind::traffic) {
    time.small_kernels += kernel.time;
  } else {
    time.products += kernel.time;
  }
  time.deviation += kernel.sigma * (kernel.time / second);
}

/// A ring passes keys and values on while it computes: only what attention does not cover shows.
void add_comm(const Comm& comm, const Machine& machine, BlockTime& time) {
  const RankGroup group{.size = comm.ranks,
                        .per_domain = std::min(comm.ranks, machine.network.scale_up_domain)};
  const CollectiveTime one = machine.collectives.time(comm.kind, comm.payload, group);
  Seconds shown = one.time * comm.count;
  if (comm.kind == CollectiveKind::send_recv) shown = max(shown - time.attention, 0 * second);
  time.communication += shown;
  time.deviation += one.sigma * (shown / second);
}

BlockTime block_time(const MediaBlock& block, const Machine& machine, const TrainingPlan& plan) {
  BlockTime time;
  for (const Op& op : block.ops) add_op(op, op_time(op, machine, plan), time);
  for (const Comm& comm : block.comms) add_comm(comm, machine, time);
  return time;
}

/// Precondition: the accelerator has a peak for the decoder's format.
FlopsPerSecond convolution_rate(const LatentDecoder& decoder, const Accelerator& part) {
  const FlopsPerSecond share = part.dense_peak(decoder.format)->value * decoder.efficiency;
  if (decoder.rate_per_unit.base() <= 0 || !part.compute_units) return share;
  return min(share, decoder.rate_per_unit * part.compute_units->value);
}

Result<bool> check(const MediaQuestion& question) {
  const ModelSpec& model = *question.model;
  Diagnostics problems;
  if (!model.diffusion)
    return problem(model.id + " makes no images or video", "name a diffusion transformer");
  if (question.accelerators < 1)
    problems.push_back(problem("a replica needs an accelerator", "give 1 or more"));
  if (question.engine->sequence_parallel == SequenceParallel::ulysses &&
      question.accelerators > 0 && model.heads % question.accelerators != 0)
    problems.push_back(problem(fmt::format("{} heads cannot be dealt to {} accelerators",
                                           model.heads, question.accelerators),
                               "choose a divisor of the heads, or a ring"));
  const LatentDecoder& decoder = question.pipeline->decoder;
  if (!question.machine->accelerator.dense_peak(decoder.format))
    problems.push_back(
        problem(fmt::format("{} has no peak for {}, in which the decoder runs",
                            question.machine->accelerator.name, name_of(decoder.format))));
  if (!problems.empty()) return problems;
  return true;
}

}  // namespace

Result<std::unique_ptr<MediaModel>> MediaModel::make(const MediaQuestion& question) {
  if (const Result<bool> fits = check(question); !fits) return fits.problems();
  return std::unique_ptr<MediaModel>(new MediaModel(question));
}

MediaModel::MediaModel(const MediaQuestion& question) : question_(question) {
  const std::string& part = question.machine->accelerator.id;
  for (const AttentionRate& rate : question.engine->attention) {
    if (std::find(rate.accelerators.begin(), rate.accelerators.end(), part) !=
        rate.accelerators.end())
      plan_.attention_generation = rate.generation;
  }
  plan_.precision.linear = question.linear;
  plan_.precision.cast_bytes_per_element = cast_bytes(question.linear);
}

// Blocks run one after another; where the host launches slower than the device works, it sets the
// pace.
void MediaModel::add_forward(const ServingRequest::Media& media, MediaBreakdown& into) const {
  const DenoisingCut cut{.accelerators = question_.accelerators,
                         .sequence_parallel = question_.engine->sequence_parallel,
                         .precision = plan_.precision,
                         .elementwise_factor = question_.engine->elementwise_factor};
  const double forwards = media.steps * media.guidance_passes;
  for (const MediaBlock& block : denoising_blocks(*question_.model, cut, media)) {
    const BlockTime one = block_time(block, *question_.machine, plan_);
    const double times = forwards * block.count;
    const double device = times * question_.maturity;
    into.products += one.products * device;
    into.attention += one.attention * device;
    into.small_kernels += one.small_kernels * device;
    into.communication += one.communication * device;
    into.host +=
        max(question_.engine->host_per_block - one.total() * question_.maturity, 0 * second) *
        times;
    into.log_sigma += one.deviation * device;  // seconds until the total is known
  }
}

MediaBreakdown MediaModel::explain(const ServingRequest::Media& media) const {
  MediaBreakdown parts;
  const Machine& machine = *question_.machine;
  for (const TextEncoder& encoder : question_.pipeline->encoders) {
    for (const Op& op : encoder_ops(encoder))
      parts.text += op_time(op, machine, plan_).time * question_.maturity;
  }
  add_forward(media, parts);
  const LatentDecoder& decoder = question_.pipeline->decoder;
  parts.decoding = decoder_flops(decoder, *question_.model->diffusion, media) /
                   convolution_rate(decoder, machine.accelerator) * question_.maturity;
  parts.total = parts.text + parts.products + parts.attention + parts.small_kernels +
                parts.communication + parts.host + parts.decoding;
  parts.log_sigma /= parts.total / second;
  return parts;
}

Bytes MediaModel::weights() const {
  double encoders = 0;
  for (const TextEncoder& encoder : question_.pipeline->encoders) {
    for (const Op& op : encoder_ops(encoder)) encoders += op.count * op.n * op.k;
  }
  return question_.pipeline->transformers * parameter_counts(*question_.model).total *
             bytes_per_element(question_.linear) +
         encoders * bytes_per_element(Dtype::bf16);
}

std::string MediaModel::misfit() const {
  const Accelerator& part = question_.machine->accelerator;
  const auto& memory = part.usable_memory ? part.usable_memory : part.memory;
  if (!memory || weights() <= memory->value) return {};
  return fmt::format("weights need {} of {} on one accelerator", print_quantity(weights()),
                     print_quantity(memory->value));
}

Picos MediaModel::service_time(const ServingRequest::Media& media) const {
  const Shape shape{media.frames, media.height, media.width, media.guidance_passes, media.steps};
  const auto known = known_.find(shape);
  if (known != known_.end()) return known->second;
  return known_[shape] = picos_of(explain(media).total);
}

}  // namespace polyfleet
