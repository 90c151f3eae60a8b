#include "training/stages.hpp"

#include <algorithm>
#include <numeric>

namespace polyfleet {

int ChunkLayers::layers() const {
  return std::accumulate(narrow.begin(), narrow.end(), 0) +
         std::accumulate(wide.begin(), wide.end(), 0);
}

std::vector<int> chunk_layer_counts(std::int64_t layers, const TrainingPlan& plan) {
  const int chunks = plan.layout.pipeline * plan.layout.virtual_stages;
  if (!plan.stage_layers.empty()) return plan.stage_layers;
  if (chunks == 1) return {static_cast<int>(layers)};
  // Embedding and head take a slot each where they count as layers; else they come on top.
  const int extra = plan.embedding_counts_as_layer ? 2 : 0;
  const int slots = static_cast<int>(layers) + extra;
  std::vector<int> counts(static_cast<std::size_t>(chunks), slots / chunks);
  int left = slots % chunks;
  // The remainder goes to inner chunks, the outermost two come last.
  for (int c = 1; c + 1 < chunks && left > 0; ++c, --left) ++counts[static_cast<std::size_t>(c)];
  if (left > 0) {
    ++counts.front();
    --left;
  }
  if (left > 0) ++counts.back();
  if (extra > 0) {
    --counts.front();
    --counts.back();
  }
  return counts;
}

std::vector<ChunkLayers> split_layers(const ModelSpec& model, const TrainingPlan& plan) {
  const std::vector<int> counts = chunk_layer_counts(model.layers, plan);
  std::vector<ChunkLayers> chunks(counts.size());
  const std::vector<LayerRun> runs = layer_runs(model);
  std::size_t run = 0;
  // The vision tower is not among the model's layers; it runs in front of the first chunk.
  for (; run < runs.size() && runs[run].kind == LayerKind::vision; ++run) {
    chunks.front().narrow[static_cast<std::size_t>(LayerKind::vision)] +=
        static_cast<int>(runs[run].count);
  }
  std::int64_t used_of_run = 0;
  std::int64_t layer = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    for (int left = counts[c]; left > 0 && run < runs.size();) {
      const auto kind = static_cast<std::size_t>(runs[run].kind);
      const std::int64_t last_narrow = model.layers - plan.precision.last_layers_wide;
      const bool wide = layer < plan.precision.first_layers_wide || layer >= last_narrow;
      // One step takes layers of one kind and one width.
      const std::int64_t border = layer < plan.precision.first_layers_wide
                                      ? plan.precision.first_layers_wide
                                  : layer < last_narrow ? last_narrow
                                                        : model.layers;
      const auto taken = std::min<std::int64_t>({std::int64_t{left}, runs[run].count - used_of_run,
                                                 std::max<std::int64_t>(border - layer, 1)});
      (wide ? chunks[c].wide : chunks[c].narrow)[kind] += static_cast<int>(taken);
      left -= static_cast<int>(taken);
      layer += taken;
      used_of_run += taken;
      if (used_of_run == runs[run].count) {
        ++run;
        used_of_run = 0;
      }
    }
  }
  chunks.front().embedding = true;
  chunks.back().head = true;
  chunks.back().mtp_modules = static_cast<int>(model.mtp_layers);
  return chunks;
}

}  // namespace polyfleet
