// Models of the catalogue and small sums over inference operators.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "workload/inference_work.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet::fixture {

inline ModelSpec catalogue_model(const std::string& id) {
  Result<ModelSpec> model =
      load_model(std::string(POLYFLEET_SOURCE_DIR) + "/data/models/" + id + ".toml");
  REQUIRE(model);
  return std::move(*model);
}

/// Everything an InferenceContext refers to.
struct InferenceSetting {
  ModelSpec model;
  ServingLayout layout;
  InferenceFormats formats;
  double imbalance = 1;
  explicit InferenceSetting(ModelSpec spec) : model(std::move(spec)) {}
  InferenceContext context() const { return {model, layout, formats, imbalance}; }
  InferenceWork tokens(double count) const { return token_work(context(), count, count); }
  InferenceWork decode(double sequences, double length, double queries = 1) const {
    return decode_attention_work(context(), sequences, length, queries);
  }
  InferenceWork prefill(double query, double prior) const {
    return prefill_attention_work(context(), query, prior);
  }
  double cached(double length) const { return cache_bytes_of_sequence(context(), length) / byte; }
  InferenceMemory memory() const { return inference_memory(context(), 1); }
};

inline InferenceFormats narrow_formats(Dtype stored, Dtype multiplied) {
  InferenceFormats formats;
  const WeightFormat format{stored, multiplied};
  formats.attention_projections = formats.mlp = formats.experts = formats.shared_experts = format;
  return formats;
}

inline double product_flops(const InferenceWork& work) {
  double sum = 0;
  for (const Op& op : work.ops) {
    if (op.kind != OpKind::attention) sum += op.flops() / flop;
  }
  return sum;
}

inline double attention_flops(const InferenceWork& work) {
  double sum = 0;
  for (const Op& op : work.ops) {
    if (op.kind == OpKind::attention) sum += op.flops() / flop;
  }
  return sum;
}

inline double class_flops(const InferenceWork& work, OpClass op_class) {
  double sum = 0;
  for (const Op& op : work.ops) {
    if (op.op_class == op_class) sum += op.flops() / flop;
  }
  return sum;
}

/// Small kernels with their layers.
inline double launches(const InferenceWork& work, OpClass op_class) {
  double sum = 0;
  for (const Op& op : work.ops) {
    if (op.kind == OpKind::traffic && op.op_class == op_class) sum += op.count * op.launches;
  }
  return sum;
}

/// Payload of one kind of collective among so many ranks, all layers.
inline double payload(const InferenceWork& work, CommGroup group, CollectiveKind kind, int ranks) {
  double sum = 0;
  for (const Comm& comm : work.comms) {
    if (comm.group == group && comm.kind == kind && comm.ranks == ranks)
      sum += comm.count * (comm.payload / byte);
  }
  return sum;
}

}  // namespace polyfleet::fixture
