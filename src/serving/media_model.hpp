// How long a replica of a diffusion transformer works on one image or video: text encoders, steps
// times guidance passes times one forward, latent decoder. Operators go through the kernel and
// collective models of training (long, compute-bound runs hold the clock that training holds).
// Encoders and decoder run on one accelerator while the others wait, as the public pipelines do.
// Held against published generation times in validation/media.csv (docs/media.md). Wrong for step
// caches, sparse attention and pipelines over patches, which are not modelled.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "serving/engine_times.hpp"
#include "serving/media_pipeline.hpp"
#include "training/machine.hpp"
#include "training/plan.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// What to serve, on what. Pointers outlive the model.
struct MediaQuestion {
  const ModelSpec* model = nullptr;
  const Machine* machine = nullptr;
  const MediaPipeline* pipeline = nullptr;
  const MediaEngine* engine = nullptr;
  int accelerators = 1;        ///< share the tokens of one sample
  Dtype linear = Dtype::bf16;  ///< products of the transformer's blocks
  double maturity = 1;         ///< factor on device time of a software release (>= 1 = slower)
};

/// Where a request's time goes.
struct MediaBreakdown {
  Seconds text, products, attention, small_kernels, communication, host, decoding, total;
  double log_sigma = 0;  ///< of the cost models
};

class MediaModel final : public MediaTimes {
 public:
  /// Diagnoses a model that is no diffusion transformer, heads that Ulysses cannot deal out, and an
  /// accelerator without a peak for the decoder.
  static Result<std::unique_ptr<MediaModel>> make(const MediaQuestion& question);

  /// Repeated requests of one shape are looked up. Not for concurrent use.
  Picos service_time(const ServingRequest::Media& media) const override;
  MediaBreakdown explain(const ServingRequest::Media& media) const;
  const MediaQuestion& question() const { return question_; }

  /// Transformers and text encoders that every accelerator holds whole; the decoder (under a
  /// gigabyte) and activations are not in it.
  Bytes weights() const;
  /// Whether they fit; engines may still offload or shard them, which is not modelled.
  bool fits_in_memory() const { return misfit().empty(); }
  /// "weights need 95.1 GB of 80 GB on one accelerator"; empty when they fit.
  std::string misfit() const;

 private:
  explicit MediaModel(const MediaQuestion& question);
  void add_forward(const ServingRequest::Media& media, MediaBreakdown& into) const;

  MediaQuestion question_;
  TrainingPlan plan_;  ///< attention generation and precision, for the operators' times
  struct Shape {
    double frames, height, width, passes;
    int steps;
    friend auto operator<=>(const Shape&, const Shape&) = default;
  };
  mutable std::map<Shape, Picos> known_;
};

}  // namespace polyfleet
