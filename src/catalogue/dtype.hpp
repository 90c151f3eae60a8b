// Number formats that accelerators multiply. A block-scaled format (mxfp8, nvfp4, mxfp4) runs at
// the peak of its element width but has its own kernels and its own scales in memory.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "units/quantity.hpp"

namespace polyfleet {

enum class Dtype { fp64, fp32, tf32, bf16, fp16, fp8, mxfp8, fp6, mxfp4, nvfp4, int8, int4 };
inline constexpr std::size_t kDtypeCount = 12;
inline constexpr std::array<std::string_view, kDtypeCount> kDtypeNames{
    "fp64",  "fp32", "tf32",  "bf16",  "fp16", "fp8",
    "mxfp8", "fp6",  "mxfp4", "nvfp4", "int8", "int4"};

constexpr std::string_view name_of(Dtype dtype) {
  return kDtypeNames[static_cast<std::size_t>(dtype)];
}

constexpr std::optional<Dtype> dtype_named(std::string_view name) {
  for (std::size_t i = 0; i < kDtypeCount; ++i) {
    if (kDtypeNames[i] == name) return static_cast<Dtype>(i);
  }
  return std::nullopt;
}

/// Bytes of one element, its share of the block scales included (OCP MX: one byte per 32; NVFP4:
/// one byte per 16).
constexpr Bytes bytes_per_element(Dtype dtype) {
  switch (dtype) {
    case Dtype::fp64:
      return 8 * byte;
    case Dtype::fp32:
    case Dtype::tf32:
      return 4 * byte;
    case Dtype::bf16:
    case Dtype::fp16:
      return 2 * byte;
    case Dtype::fp8:
    case Dtype::int8:
      return 1 * byte;
    case Dtype::mxfp8:
      return (1 + 1.0 / 32) * byte;
    case Dtype::fp6:
      return (0.75 + 1.0 / 32) * byte;
    case Dtype::mxfp4:
      return (0.5 + 1.0 / 32) * byte;
    case Dtype::nvfp4:
      return (0.5 + 1.0 / 16) * byte;
    case Dtype::int4:
      return 0.5 * byte;
  }
  return 0 * byte;
}

}  // namespace polyfleet
