#include "catalogue/accelerator.hpp"

namespace polyfleet {
namespace {

/// The format whose units a kernel of this format can use when its own has no figure.
std::optional<Dtype> wider(Dtype dtype) {
  switch (dtype) {
    case Dtype::int4:
      return Dtype::int8;
    case Dtype::mxfp4:
    case Dtype::nvfp4:
    case Dtype::fp6:
    case Dtype::mxfp8:
      return Dtype::fp8;
    case Dtype::fp8:
    case Dtype::int8:
      return Dtype::bf16;
    case Dtype::bf16:
      return Dtype::fp16;
    case Dtype::fp16:
      return Dtype::tf32;
    case Dtype::tf32:
      return Dtype::fp32;
    case Dtype::fp32:
      return Dtype::fp64;
    case Dtype::fp64:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Figure<FlopsPerSecond>> Accelerator::dense_peak(Dtype dtype) const {
  // bf16 and fp16 share their units where both exist; a page that names one means both.
  if (dtype == Dtype::fp16 && !peak[static_cast<std::size_t>(Dtype::fp16)] &&
      peak[static_cast<std::size_t>(Dtype::bf16)])
    dtype = Dtype::bf16;
  for (std::optional<Dtype> format = dtype; format; format = wider(*format)) {
    const auto& figure = peak[static_cast<std::size_t>(*format)];
    if (figure) return figure;
  }
  return std::nullopt;
}

}  // namespace polyfleet
