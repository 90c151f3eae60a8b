#include "serving/engine_tables.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

constexpr double kFirstKnot = 128;

std::size_t index_of(bool graph) { return graph ? 1 : 0; }

/// Coarser than the grid of tokens: attention is nearly affine in what lies before a chunk.
constexpr double kPriorStep = 256;
double prior_number(std::size_t index) {
  return index == 0 ? 0 : kPriorStep * std::ldexp(1.0, static_cast<int>(index) - 1);
}

GridPlace prior_place(double prior) {
  if (prior < kPriorStep) return {0, std::max(prior, 0.0) / kPriorStep};
  const double octaves = std::floor(std::log2(prior / kPriorStep));
  const auto lower = static_cast<std::size_t>(octaves) + 1;
  const double from = prior_number(lower);
  return {lower, (prior - from) / from};
}

}  // namespace

WorkPlace EngineTables::place(bool graph) const {
  return {.machine = question_.machine,
          .collectives = collectives(graph),
          .layout = question_.context.layout,
          .kernels = question_.kernels};
}

template <class At>
WorkTime EngineTables::between(double number, At&& at) {
  const GridPlace place = grid_place(number);
  WorkTime time;
  time.add(at(place.lower), 1 - place.share);
  if (place.share > 0) time.add(at(place.lower + 1), place.share);
  return time;
}

template <class Work>
WorkTime EngineTables::pass(Passes& passes, double number, bool graph, Work&& work) {
  return between(number, [&](std::size_t index) {
    WorkTime time = passes.ops.at(
        index, [&](double n) { return n <= 0 ? WorkTime{} : ops_time(work(n), place(graph)); });
    time.add(passes.comms[index_of(graph)].at(index, [&](double n) {
      return n <= 0 ? WorkTime{} : comms_time(work(n).comms, place(graph));
    }));
    return time;
  });
}

WorkTime EngineTables::body(double tokens, bool graph) {
  return pass(body_, tokens, graph, [&](double t) { return token_work(question_.context, t, 0); });
}

WorkTime EngineTables::head(double sampled, bool graph) {
  return pass(head_, sampled, graph, [&](double s) {
    // What sampling adds to a pass: the operators of the head, and the last collectives.
    InferenceWork work = token_work(question_.context, 1, s);
    std::erase_if(work.ops, [](const Op& op) { return op.op_class != OpClass::logits; });
    const auto others =
        static_cast<std::ptrdiff_t>(token_work(question_.context, 1, 0).comms.size());
    work.comms.erase(work.comms.begin(), work.comms.begin() + others);
    return work;
  });
}

WorkTime EngineTables::draft(double sequences, bool graph) {
  return pass(draft_, sequences, graph, [&](double s) { return draft_work(question_.context, s); });
}

double EngineTables::knot_length(std::size_t knot) {
  return knot == 0 ? 1 : kFirstKnot * std::ldexp(1.0, static_cast<int>(knot) - 1);
}

WorkTime EngineTables::decode(double batch, double length) {
  if (batch <= 0) return {};
  std::size_t knot = 0;
  while (knot_length(knot + 1) < length) ++knot;
  const double from = knot_length(knot), to = knot_length(knot + 1);
  const double share = std::clamp((length - from) / (to - from), 0.0, 1.0);
  const auto at_knot = [&](std::size_t k) {
    if (k >= decode_.size()) decode_.resize(k + 1);
    return between(batch, [&](std::size_t index) {
      return decode_[k].at(index, [&](double b) {
        if (b <= 0) return WorkTime{};
        return work_time(
            decode_attention_work(question_.context, b, knot_length(k), question_.queries),
            place(true));
      });
    });
  };
  WorkTime time;
  time.add(at_knot(knot), 1 - share);
  if (share > 0) time.add(at_knot(knot + 1), share);
  return time;
}

double EngineTables::decode_at_knot(double batch, std::size_t knot) {
  return decode(batch, knot_length(knot)).total() / second;
}

WorkTime EngineTables::prefill(double query, double prior) {
  if (query <= 0) return {};
  const GridPlace around = prior_place(prior);
  const auto at_prior = [&](std::size_t row) {
    if (row >= prefill_.size()) prefill_.resize(row + 1);
    return between(query, [&](std::size_t index) {
      return prefill_[row].at(index, [&](double q) {
        if (q <= 0) return WorkTime{};
        return work_time(prefill_attention_work(question_.context, q, prior_number(row)),
                         place(false));
      });
    });
  };
  WorkTime time;
  time.add(at_prior(around.lower), 1 - around.share);
  if (around.share > 0) time.add(at_prior(around.lower + 1), around.share);
  return time;
}

}  // namespace polyfleet
