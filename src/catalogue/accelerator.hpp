// One accelerator as its vendor (or, marked so, somebody else) describes it: dense peaks, memory,
// links, power, price. An absent figure was never published or found; whoever needs it derives it
// and says so. Rates of links are one direction.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/dtype.hpp"
#include "catalogue/figure.hpp"

namespace polyfleet {

/// How accelerators of one scale-up domain are joined. nvlink_switch also stands for NVLink meshes
/// (V100, GH200, bridged cards), whose pair_rate lies below scale_up_rate; xgmi_mesh for any full
/// mesh of direct links (Gaudi); ualink_switch for any other switch (Trainium3, Jalapeno).
enum class ScaleUpKind { none, pcie, nvlink_switch, xgmi_mesh, ualink_switch, torus };

struct Accelerator {
  std::string id;            ///< "amd_mi355x"
  std::string edition;       ///< "" = the vendor's latest figures, else e.g. "announced"
  std::string name;          ///< "Instinct MI355X"
  std::string vendor;        ///< "AMD", "NVIDIA", "Google", "AWS", "Intel", "OpenAI"
  std::string architecture;  ///< "CDNA 4"
  std::string family;        ///< key for kernel transfer and software maturity: "cdna4", "hopper",
                             ///< "blackwell", "tpu_v6e"
  std::vector<std::string> aliases;

  /// Dense matrix peak per element format; mxfp8 reads fp8, mxfp4 and nvfp4 read the fp4 figure.
  std::array<std::optional<Figure<FlopsPerSecond>>, kDtypeCount> peak;
  std::optional<Figure<Bytes>> memory;         ///< as labelled
  std::optional<Figure<Bytes>> usable_memory;  ///< what a program can allocate, where known
  std::optional<Figure<BytesPerSecond>> memory_bandwidth;
  std::optional<Figure<double>> compute_units;  ///< SMs, CUs, WGPs, tensor cores
  std::optional<Figure<Hertz>> clock;
  /// Best measured dense matmul rate per format (MAMF-like), where published.
  std::array<std::optional<Figure<FlopsPerSecond>>, kDtypeCount> measured_matmul;

  ScaleUpKind scale_up = ScaleUpKind::none;
  std::optional<Figure<BytesPerSecond>> scale_up_rate;  ///< to all peers together, one direction
  std::optional<Figure<BytesPerSecond>>
      pair_rate;  ///< ceiling between one pair (mesh); absent = scale_up_rate
  std::optional<Figure<double>> scale_up_domain;  ///< accelerators in one domain
  std::optional<Figure<BytesPerSecond>>
      scale_out_rate;  ///< NIC line rate per accelerator, one direction
  std::optional<Figure<BytesPerSecond>> host_rate;  ///< to host memory, one direction

  std::optional<Figure<Watts>> tdp;
  std::optional<Figure<Watts>> idle;
  std::optional<Figure<Usd>> price;
  std::optional<Figure<UsdPerSecond>> rental;
  std::optional<Figure<Watts>>
      all_in_power;  ///< IT and facility share per accelerator; contains cooling

  std::string announced;       ///< dates of announcement and shipping, as text
  std::string software;        ///< stack, as text
  std::string memory_type;     ///< "HBM3e"
  std::string link;            ///< scale-up link in words
  std::string host;            ///< link to the host in words
  std::string default_system;  ///< catalogue id of the system it is usually built into
  std::string trap;            ///< what readers of this part's figures get wrong
  std::string edition_description;
  std::optional<Figure<FlopsPerSecond>> matrix_fp64;  ///< FP64 on the matrix units, where apart
  std::optional<Figure<Bytes>> l2_cache;
  std::optional<Figure<Bytes>> last_level_cache;
  std::optional<Figure<Bytes>> on_chip_memory;  ///< software-managed SRAM of the whole chip
  std::optional<Figure<Bytes>> local_memory;    ///< per compute unit
  std::optional<Figure<Watts>> peak_power;      ///< of the board, above tdp
  std::optional<Figure<Watts>> typical_power;   ///< under load; the note says which
  /// Best published rates of real kernels and transfers, where the peak is far from them.
  std::optional<Figure<BytesPerSecond>> measured_memory_bandwidth;
  std::optional<Figure<BytesPerSecond>> measured_scale_up_rate;
  std::optional<Figure<BytesPerSecond>> measured_scale_out_rate;
  std::optional<Figure<UsdPerSecond>> contract;  ///< three-year rental
  std::optional<Figure<UsdPerSecond>> owned_hyperscaler;
  std::optional<Figure<UsdPerSecond>> owned_neocloud;

  /// The dense peak a kernel of this format can reach: its own figure, else that of the next wider
  /// format (mxfp8 -> fp8, mxfp4/nvfp4/fp6 -> fp8 -> bf16 -> fp16 -> tf32 -> fp32). Absent only
  /// where the accelerator publishes no wider format either.
  std::optional<Figure<FlopsPerSecond>> dense_peak(Dtype dtype) const;
};

}  // namespace polyfleet
