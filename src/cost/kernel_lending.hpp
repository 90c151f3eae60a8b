// Which kernel model answers for each operator and format of one accelerator: its own fit of the
// format, its own of a sister format, or a relative's, scaled to the part's peak, bandwidth and
// units. Filled once, then constant. Internal to kernel_costs.cpp.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cost/kernel_library.hpp"
#include "cost/shape_memo.hpp"

namespace polyfleet {

/// DeepSeek's latent attention, in either of its two shapes.
bool is_latent_attention(const AttentionShape& s);

class KernelLibrary {
 public:
  /// Diagnoses broken files and a part without bandwidth or 16-bit peak.
  static Result<std::unique_ptr<KernelLibrary>> make(const Accelerator& accelerator,
                                                     const std::filesystem::path& data_directory,
                                                     const KernelOptions& options);

  const KernelModel& gemm(Dtype d) const { return *gemm_[static_cast<std::size_t>(d)]; }
  const KernelModel& moe(Dtype d) const { return *moe_[static_cast<std::size_t>(d)]; }
  const KernelModel& attention(const AttentionShape& s) const {
    const bool narrow = bytes_per_element(s.dtype) < 2 * byte;
    return *attention_[narrow][s.decode][is_latent_attention(s)];
  }

  KernelOptions options;
  GeneralKernelConstants general;
  double bandwidth = 0;  ///< bytes per second
  ShapeMemo memo;

 private:
  using Slot = std::shared_ptr<KernelModel>;
  Result<std::monostate> open_next(const std::filesystem::path& data_directory);
  Result<Slot> find(const Accelerator& accelerator, const std::filesystem::path& data_directory,
                    const KernelWish& wish);
  Result<std::monostate> fill(const Accelerator& accelerator,
                              const std::filesystem::path& data_directory);
  /// How near a variant must be to the wish.
  enum class Likeness { format, sister, any };
  const KernelVariant* on_shelf(const KernelShelf& shelf, const KernelWish& wish,
                                Likeness likeness) const;
  double published_ratio(const Accelerator& accelerator, const KernelShelf& shelf) const;
  Slot take(const Accelerator& accelerator, const KernelShelf& shelf, const KernelVariant& variant,
            const KernelWish& wish);
  void use_training_attention();
  void rescale();

  std::string loan_reason_;
  std::vector<KernelRelative> lenders_;                ///< the part itself first
  std::vector<std::unique_ptr<KernelShelf>> shelves_;  ///< of the first lenders, as far as needed
  std::vector<PublishedProduct> products_;
  std::array<Slot, kDtypeCount> gemm_, moe_;
  Slot attention_[2][2][2];  ///< narrow format, decode, latent
};

}  // namespace polyfleet
