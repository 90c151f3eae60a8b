#include "serving/engine_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "serving/engine_capacity.hpp"
#include "serving/engine_check.hpp"
#include "serving/engine_tables.hpp"

namespace polyfleet {
namespace {

constexpr double kPicos = kPicosPerSecond;
/// Resolution of the mean number of tokens a speculative step yields.
constexpr std::int64_t kAcceptanceParts = 1000;
/// Segments of decode attention end at 2^22 tokens a sequence; the last one goes on.
constexpr std::size_t kKnots = 17;

Picos rounded(double seconds) { return static_cast<Picos>(std::llround(seconds * kPicos)); }

/// Settings with what follows from memory and from the question.
EngineSettings completed(const EngineQuestion& question, const EngineCapacity& capacity) {
  EngineSettings settings = question.settings;
  settings.max_sequences = std::min(settings.max_sequences, capacity.max_sequences);
  if (settings.cache_blocks <= 0) settings.cache_blocks = capacity.cache_blocks;
  const auto& host = question.machine->accelerator.host_rate;
  if (settings.preemption == PreemptionMode::swap && settings.swap_per_token == 0 && host)
    settings.swap_per_token = rounded(capacity.memory.cache_per_token / host->value / second);
  if (question.speculation.draft_tokens > 0) {
    settings.tokens_per_step_numerator =
        std::llround(question.speculation.tokens_per_step * kAcceptanceParts);
    settings.tokens_per_step_denominator = kAcceptanceParts;
    settings.draft_tokens = question.speculation.draft_tokens;
  }
  return settings;
}

}  // namespace

class EngineModel::State {
 public:
  State(const EngineQuestion& asked, const PowerActivity& activity)
      : question(asked),
        context{*question.model, question.layout, question.formats, question.expert_imbalance},
        capacity(engine_capacity({.context = context,
                                  .profile = *question.profile,
                                  .settings = question.settings,
                                  .visible_memory = question.machine->visible_memory,
                                  .memory_fraction = question.memory_fraction,
                                  .drafts = question.speculation.draft_tokens > 0})),
        settings(completed(question, capacity)),
        power(replica_power(question.machine->accelerator, question.machine->system,
                            question.layout.accelerators(), activity)),
        tables({.context = context,
                .machine = *question.machine,
                .graph = library("_graph"),
                .eager = library("_eager"),
                .kernels = kernels(),
                .queries = queries()}),
        body_launches(launches_of(token_work(context, 1, 0))) {}

  double queries() const { return 1.0 + question.speculation.draft_tokens; }
  /// Activations of block-scaled FP8 are quantised by a kernel of their own in most engines.
  EngineKernels kernels() const {
    EngineKernels result = question.profile->kernels;
    if (question.formats.attention_projections.multiplied == Dtype::mxfp8 &&
        !result.fuses_block_quantise)
      result.fuses_quantise = false;
    return result;
  }
  const CollectiveCosts& library(const char* launch) const {
    const std::string& name = question.profile->collective_library;
    const auto& all = question.machine->collectives;
    return question.machine->collectives_of(all.contains(name + launch) ? name + launch : name);
  }

  /// Decode runs from a graph up to the engine's largest; prompts never do.
  /// Every attention rank replays graphs of its own sequences.
  bool from_graph(const IterationTokens& iteration) const {
    return iteration.prefill_tokens == 0 &&
           busiest(static_cast<double>(iteration.decode_sequences)) <=
               static_cast<double>(question.profile->graph_sequences);
  }
  /// Of what is in flight, the part that passes the stages together.
  double share(double whole) const { return whole / question.layout.pipeline; }
  /// Sequences of the busiest attention rank in one pass.
  double busiest(double sequences) const {
    const double pass = share(sequences);
    const int groups = question.layout.attention_data;
    return groups > 1 ? std::ceil(pass / groups) : pass;
  }

  struct Pass {
    WorkTime work;
    Seconds host;  ///< beyond the device: scheduling, and launch that the device waits for
  };
  Pass pass(const IterationTokens& iteration);
  const DecodeSegment& segment_at(std::int64_t sequences, std::int64_t cached);

  EngineQuestion question;
  InferenceContext context;
  EngineCapacity capacity;
  EngineSettings settings;
  ReplicaPower power;
  EngineTables tables;
  double body_launches;            ///< operators of an iteration besides attention
  std::vector<Picos> decode_only;  ///< by sequences, -1 = not yet known
  struct Segments {
    std::vector<DecodeSegment> list;
    Picos at = 0;        ///< value at the end of the last segment
    double seconds = 0;  ///< the same before rounding its slope
  };
  std::unordered_map<std::int64_t, Segments> segments_of;
};

EngineModel::State::Pass EngineModel::State::pass(const IterationTokens& iteration) {
  const EngineProfile& profile = *question.profile;
  const int groups = question.layout.attention_data;
  const auto decoding = static_cast<double>(iteration.decode_sequences);
  const auto prompts = static_cast<double>(iteration.prefill_tokens);
  const bool graph = from_graph(iteration);
  Pass result;
  const double steps = busiest(decoding) * groups;  // ranks are padded to the busiest
  const double tokens = steps * queries() + share(prompts);
  const double ended = std::max(static_cast<double>(iteration.sampled) - decoding, 0.0);
  if (tokens > 0) result.work.add(tables.body(tokens, graph));
  result.work.add(tables.head(share(decoding * queries() + ended), graph));
  const double drafts = question.speculation.draft_tokens;
  if (drafts > 0 && decoding > 0) result.work.add(tables.draft(steps, graph), drafts);
  WorkTime scaled;
  scaled.add(result.work, question.maturity);
  result.work = scaled;
  if (!graph) {
    const Seconds floor = profile.eager_launch * body_launches;
    result.host = max(floor - result.work.total(), 0 * second);
  }
  result.host +=
      profile.host_per_iteration + profile.host_per_sequence * (std::max(decoding, ended) / groups);
  if (profile.host_shortest_iteration > 0 * second) {
    // Attention belongs to the iteration too, at least that of short contexts.
    const Seconds cores = tables.decode_at_knot(busiest(decoding), 1) * question.maturity * second;
    const Seconds known = result.work.total() + result.host + cores;
    result.host += max(profile.host_shortest_iteration - known, 0 * second);
  }
  return result;
}

const DecodeSegment& EngineModel::State::segment_at(std::int64_t sequences, std::int64_t cached) {
  // Exact at the first knot; every further segment starts where the one before it ended, so the
  // function is continuous in whole picoseconds. Segments are made as far as they are asked for.
  Segments& made = segments_of[sequences];
  const auto count = static_cast<double>(sequences);
  const double batch = busiest(count);
  const auto seconds_at = [&](std::size_t knot) {
    return tables.decode_at_knot(batch, knot) * question.maturity;
  };
  const auto context_at = [&](std::size_t knot) {
    return static_cast<std::int64_t>(count * EngineTables::knot_length(knot));
  };
  if (made.list.empty()) {
    made.seconds = seconds_at(0);
    made.at = rounded(made.seconds);
  }
  while (made.list.empty() || made.list.back().until < cached) {
    const std::size_t knot = made.list.size();
    const std::int64_t from = context_at(knot), to = context_at(knot + 1);
    const double right = seconds_at(knot + 1);
    DecodeSegment segment;
    segment.per_token =
        std::max<Picos>(rounded((right - made.seconds) / static_cast<double>(to - from)), 0);
    segment.fixed = made.at - segment.per_token * from;
    segment.until = knot + 2 < kKnots ? to : std::numeric_limits<std::int64_t>::max();
    made.at += segment.per_token * (to - from);
    made.seconds = right;
    made.list.push_back(segment);
  }
  return *std::lower_bound(
      made.list.begin(), made.list.end(), cached,
      [](const DecodeSegment& segment, std::int64_t at) { return segment.until < at; });
}

EngineModel::EngineModel(std::unique_ptr<State> state) : state_(std::move(state)) {}
EngineModel::~EngineModel() = default;

Result<std::unique_ptr<EngineModel>> EngineModel::make(const EngineQuestion& question,
                                                       const PowerActivity& activity) {
  Diagnostics problems = engine_problems(question);
  if (!problems.empty()) return problems;
  return std::unique_ptr<EngineModel>(new EngineModel(std::make_unique<State>(question, activity)));
}

Picos EngineModel::tokens(const IterationTokens& iteration) const {
  const auto time = [&] {
    const State::Pass pass = state_->pass(iteration);
    return rounded((pass.work.total() + pass.host) / second);
  };
  const bool plain =
      iteration.prefill_tokens == 0 && iteration.sampled == iteration.decode_sequences;
  if (!plain) return time();
  const auto index =
      static_cast<std::size_t>(std::max<std::int64_t>(iteration.decode_sequences, 0));
  if (index >= state_->decode_only.size()) state_->decode_only.resize(index + 1, -1);
  Picos& known = state_->decode_only[index];
  if (known < 0) known = time();
  return known;
}

DecodeSegment EngineModel::decode_attention(std::int64_t sequences, std::int64_t context) const {
  if (sequences <= 0) return {0, 0, std::numeric_limits<std::int64_t>::max()};
  return state_->segment_at(sequences, context);
}

Picos EngineModel::prefill_attention(std::int64_t query, std::int64_t prior) const {
  if (query <= 0) return 0;
  const ServingLayout& layout = state_->question.layout;
  // Attention ranks and pipeline stages each work on chunks of their own at the same time.
  const double side_by_side = layout.attention_data * layout.pipeline;
  const Seconds whole =
      state_->tables.prefill(static_cast<double>(query), static_cast<double>(prior)).total();
  return rounded(whole * state_->question.maturity / side_by_side / second);
}

IterationBreakdown EngineModel::explain(const IterationTokens& iteration, double context,
                                        double query, double prior) const {
  State& state = *state_;
  State::Pass pass = state.pass(iteration);
  const double maturity = state.question.maturity;
  const auto decoding = static_cast<double>(iteration.decode_sequences);
  if (decoding > 0) pass.work.add(state.tables.decode(state.busiest(decoding), context), maturity);
  const ServingLayout& layout = state.question.layout;
  if (query > 0)
    pass.work.add(state.tables.prefill(query, prior),
                  maturity / (layout.attention_data * layout.pipeline));
  IterationBreakdown where;
  where.products = pass.work.by_kind[WorkTime::products];
  where.experts = pass.work.by_kind[WorkTime::experts];
  where.attention = pass.work.by_kind[WorkTime::attention];
  where.small_kernels = pass.work.by_kind[WorkTime::small_kernels];
  where.communication = pass.work.by_kind[WorkTime::communication];
  where.host = pass.host;
  where.total = pass.work.total() + pass.host;
  where.log_sigma = where.total > 0 * second ? pass.work.sigma() / where.total : 0;
  return where;
}

const EngineQuestion& EngineModel::question() const { return state_->question; }
const EngineSettings& EngineModel::settings() const { return state_->settings; }
bool EngineModel::fits_in_memory() const { return state_->capacity.misfit.empty(); }
const std::string& EngineModel::misfit() const { return state_->capacity.misfit; }
const InferenceMemory& EngineModel::memory() const { return state_->capacity.memory; }
std::int64_t EngineModel::cache_tokens() const {
  return state_->settings.cache_blocks * state_->settings.block_tokens;
}
const ReplicaPower& EngineModel::power() const { return state_->power; }
int EngineModel::accelerators() const { return state_->question.layout.accelerators(); }

}  // namespace polyfleet
