#include "planner/serving_kinds.hpp"

namespace polyfleet {
namespace {

std::vector<int> powers_of_two(int most) {
  std::vector<int> powers;
  for (int power = 1; power <= most; power *= 2) powers.push_back(power);
  return powers;
}

/// The layouts of one tensor degree.
class Cuts {
 public:
  Cuts(const ModelSpec& model, const ReplicaSpace& space, int domain)
      : model_(model), space_(space), domain_(domain) {}

  std::vector<ServingLayout> all() const {
    std::vector<ServingLayout> cuts;
    for (const int tensor : space_.tensor.empty() ? powers_of_two(domain_) : space_.tensor) {
      for (const int pipeline : pipelines(tensor)) {
        for (const int expert : experts(tensor)) {
          for (const int attention : attentions(tensor)) {
            for (const int context : space_.context.empty() ? std::vector{1} : space_.context)
              cuts.push_back({tensor, pipeline, expert, attention, context});
          }
        }
      }
    }
    return cuts;
  }

 private:
  std::vector<int> pipelines(int tensor) const {
    if (!space_.pipeline.empty()) return space_.pipeline;
    return tensor >= domain_ || tensor >= 8 ? std::vector{1, 2, 4} : std::vector{1};
  }
  std::vector<int> experts(int tensor) const {
    if (!space_.expert.empty()) return space_.expert;
    return model_.is_moe() && tensor > 1 ? std::vector{1, tensor} : std::vector{1};
  }
  std::vector<int> attentions(int tensor) const {
    if (!space_.attention_data.empty()) return space_.attention_data;
    const bool gains = model_.is_moe() || model_.attention == AttentionKind::latent;
    return gains ? powers_of_two(tensor) : std::vector{1};
  }

  const ModelSpec& model_;
  const ReplicaSpace& space_;
  int domain_;
};

}  // namespace

std::vector<ReplicaKind> replica_kinds(const ModelSpec& model, const std::vector<KindOffer>& offers,
                                       const ReplicaSpace& space) {
  std::vector<ReplicaKind> kinds;
  const std::vector<std::int64_t> sequences =
      space.max_sequences.empty() ? std::vector<std::int64_t>{0} : space.max_sequences;
  for (const KindOffer& offer : offers) {
    const std::vector<ServingLayout> cuts = Cuts(model, space, offer.scale_up_domain).all();
    for (const std::string& engine : offer.engines) {
      for (const InferenceFormats& formats : offer.formats) {
        for (const ServingLayout& cut : cuts) {
          for (const std::int64_t most : sequences)
            kinds.push_back({offer.offer, engine, cut, formats, most});
        }
      }
    }
  }
  return kinds;
}

}  // namespace polyfleet
