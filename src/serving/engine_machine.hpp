// What a replica of an inference engine runs on: an accelerator inside its system, with kernel
// models as serving sees them (short iterations, inference attention kernels) and the collectives
// of each engine's own all-reduce beside the vendor's library. Loaded once, shared by any number of
// engine models and threads. Wrong where an engine ships kernels that no public table holds.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "catalogue/system.hpp"
#include "cost/collective_costs.hpp"
#include "cost/kernel_costs.hpp"
#include "cost/kernel_memo.hpp"
#include "cost/network.hpp"

namespace polyfleet {

/// Times of products by shape, shared by all engine models of a machine: a plan asks for the same
/// few thousand shapes under many layouts. A pure cache, locked per shard.
class ProductMemo {
 public:
  template <class Compute>
  KernelTime get(const KernelMemo::Key& key, Compute&& compute) const {
    double mixed = 0;
    for (const double x : key) mixed = mixed * 1.6180339887 + x;
    std::uint64_t word;
    static_assert(sizeof word == sizeof mixed);
    __builtin_memcpy(&word, &mixed, sizeof word);
    const std::size_t part = ((word >> 20) ^ (word >> 44)) % kParts;
    return parts_[part].get(key, compute);
  }

 private:
  static constexpr std::size_t kParts = 16;
  std::array<KernelMemo, kParts> parts_;
};

struct EngineMachine {
  Accelerator accelerator;
  System system;
  Network network;
  KernelCosts kernels;
  /// By library: "" = the vendor's, "vllm_graph", "vllm_eager", "sglang_graph", ...
  std::map<std::string, CollectiveCosts, std::less<>> collectives;
  Bytes visible_memory;  ///< of one accelerator, as its driver shows it to programs
  std::string visible_memory_source;
  std::unique_ptr<ProductMemo> products = std::make_unique<ProductMemo>();

  /// The collectives of a library; those of the vendor's library where it has none here.
  const CollectiveCosts& collectives_of(std::string_view library) const;
};

/// Loads the kernel and collective models of this accelerator and system from the data folder.
/// Diagnoses an accelerator without a memory size.
Result<EngineMachine> load_engine_machine(const Accelerator& accelerator, const System& system,
                                          const std::filesystem::path& data_directory);

}  // namespace polyfleet
