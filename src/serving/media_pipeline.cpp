#include "serving/media_pipeline.hpp"

#include <algorithm>

#include "config/fields.hpp"

namespace polyfleet {
namespace {

constexpr double kMostOfAField = 1e6;

Field<LatentDecoder> format_field() {
  std::vector<std::pair<std::string, Dtype>> formats;
  for (std::size_t i = 0; i < kDtypeCount; ++i)
    formats.emplace_back(std::string(kDtypeNames[i]), static_cast<Dtype>(i));
  return choice_field<LatentDecoder, Dtype>("format", &LatentDecoder::format, std::move(formats),
                                            "number format of the convolutions");
}

const FieldTable<TextEncoder>& encoder_fields() {
  using E = TextEncoder;
  static const FieldTable<E> kFields{
      required(text_field("name", &E::name, "name")),
      required(integer_field("layers", &E::layers, {1, kMostOfAField}, "layers")),
      required(integer_field("hidden", &E::hidden, {1, kMostOfAField}, "width")),
      required(integer_field("ffn", &E::ffn, {1, kMostOfAField}, "inner width of the MLP")),
      required(integer_field("ffn_matrices", &E::ffn_matrices, {2, 3}, "3 with a gate")),
      required(integer_field("heads", &E::heads, {1, kMostOfAField}, "attention heads")),
      integer_field("kv_heads", &E::kv_heads, {0, kMostOfAField}, "KV heads, 0 = heads"),
      required(
          integer_field("tokens", &E::tokens, {1, kMostOfAField}, "tokens of a padded prompt")),
      required(integer_field("prompts", &E::prompts, {1, 8}, "prompts encoded a request"))};
  return kFields;
}

const FieldTable<LatentDecoder>& decoder_fields() {
  using D = LatentDecoder;
  static const FieldTable<D> kFields{
      required(integer_field("latent_channels", &D::latent_channels, {1, kMostOfAField},
                             "latent channels")),
      required(integer_list_field("channels", &D::channels, {1, kMostOfAField},
                                  "channels of each level, latent side first")),
      required(integer_field("blocks", &D::blocks, {1, 100}, "residual blocks of a level")),
      required(integer_field("time_taps", &D::time_taps, {1, 9}, "kernel in time")),
      required(integer_list_field("doubles_time", &D::doubles_time, {0, 1},
                                  "for each upsampling, 1 where frames double")),
      required(integer_field("upsample_taps", &D::upsample_taps, {1, 27},
                             "taps of the upsampling convolution")),
      bool_field("upsample_halves", &D::upsample_halves,
                 "the upsampling convolution halves the channels"),
      integer_field("pixel_patch", &D::pixel_patch, {1, 16}, "pixels of an output position"),
      integer_field("tile", &D::tile, {0, kMostOfAField}, "latents of a spatial tile, 0 = whole"),
      integer_field("tile_frames", &D::tile_frames, {0, kMostOfAField},
                    "latents of a tile in time, 0 = whole"),
      number_field("tile_overlap", &D::tile_overlap, {0, 0.9}, "share of a tile done twice"),
      required(format_field()),
      required(number_field("efficiency", &D::efficiency, {0.001, 1},
                            "share of the dense peak that the convolutions reach")),
      quantity_field("rate_per_unit", &D::rate_per_unit, {0, 1e15},
                     "convolution rate of one compute unit, where that binds first"),
      required(text_field("efficiency_source", &D::efficiency_source, "where that stands"))};
  return kFields;
}

const FieldTable<AttentionRate>& attention_fields() {
  using A = AttentionRate;
  static const FieldTable<A> kFields{
      required(text_list_field("accelerators", &A::accelerators, "where it holds")),
      required(number_field("generation", &A::generation, {0.05, 2},
                            "speed over the reference kernels")),
      required(text_field("source", &A::source, "where the figure stands")),
      required(text_field("status", &A::status, "how well it is known"))};
  return kFields;
}

/// A list of tables that have a field table of their own.
template <class T, class M>
Field<T> tables_field(std::string key, std::vector<M> T::*member, const FieldTable<M>& fields,
                      std::string help) {
  return {key,
          "list of tables",
          std::move(help),
          false,
          [=, &fields](T& into, const Value& value, Diagnostics& out) {
            const Array* tables = value.array();
            if (tables == nullptr) return detail::not_an_array(value, key, out);
            for (const Value& table : *tables)
              read_fields(table, fields, (into.*member).emplace_back(), key, out);
          },
          [=, &fields](const T& from) {
            Array tables;
            for (const M& entry : from.*member) tables.push_back(print_fields(fields, entry));
            return Value(std::move(tables));
          }};
}

const FieldTable<MediaPipeline>& pipeline_fields() {
  using P = MediaPipeline;
  static const FieldTable<P> kFields{
      required(text_field("id", &P::id, "name of the pipeline")),
      required(text_list_field("models", &P::models, "models that it serves")),
      integer_field("transformers", &P::transformers, {1, 64},
                    "transformers held at once, of which one works in a step"),
      required(tables_field("encoder", &P::encoders, encoder_fields(), "text encoders")),
      required(table_field("decoder", &P::decoder, decoder_fields(), "latents to pixels")),
      required(text_field("source", &P::source, "where the figures stand")),
      required(text_field("status", &P::status, "how well they are known")),
      text_field("note", &P::note, "what is left out or doubtful")};
  return kFields;
}

const FieldTable<MediaEngine>& engine_fields() {
  using E = MediaEngine;
  static const FieldTable<E> kFields{
      required(text_field("id", &E::id, "name for scenarios")),
      required(text_field("name", &E::name, "what it is")),
      required(number_field("elementwise_factor", &E::elementwise_factor, {0.1, 10},
                            "traffic of small kernels over fused ones")),
      required(
          quantity_field("host_per_block", &E::host_per_block, {0, 1}, "host launch of one block")),
      tables_field("attention", &E::attention, attention_fields(), "attention library"),
      choice_field<E, SequenceParallel>(
          "sequence_parallel", &E::sequence_parallel,
          {{"ulysses", SequenceParallel::ulysses}, {"ring", SequenceParallel::ring}},
          "how accelerators share the tokens of one sample"),
      required(text_field("source", &E::source, "where the figures stand")),
      required(text_field("status", &E::status, "how well they are known"))};
  return kFields;
}

void check_decoder(const MediaPipeline& pipeline, const Position& where, Diagnostics& out) {
  if (pipeline.decoder.channels.empty() ||
      pipeline.decoder.doubles_time.size() + 1 != pipeline.decoder.channels.size())
    out.push_back({where, pipeline.id + ": doubles_time has one entry less than channels",
                   "give one entry for each upsampling between two levels"});
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".toml" && entry.path().filename() != "engines.toml")
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Result<std::vector<MediaPipeline>> load_media_pipelines(
    const std::filesystem::path& data_directory) {
  std::vector<MediaPipeline> pipelines;
  Diagnostics problems;
  for (const std::filesystem::path& path : files_of(data_directory / "media")) {
    const Result<Value> document = read_document(path.string());
    if (!document) {
      problems.insert(problems.end(), document.problems().begin(), document.problems().end());
      continue;
    }
    MediaPipeline& pipeline = pipelines.emplace_back();
    read_fields(*document, pipeline_fields(), pipeline, "media pipeline", problems);
    check_decoder(pipeline, document->where(), problems);
  }
  if (pipelines.empty() && problems.empty())
    problems.push_back(problem("no media pipelines in " + (data_directory / "media").string()));
  if (!problems.empty()) return problems;
  return pipelines;
}

Result<std::vector<MediaEngine>> load_media_engines(const std::filesystem::path& data_directory) {
  const Result<Value> document =
      read_document((data_directory / "media" / "engines.toml").string());
  if (!document) return document.problems();
  std::vector<MediaEngine> engines;
  Diagnostics problems;
  const Value* list = document->find("engine");
  if (list == nullptr || list->array() == nullptr) {
    detail::missing_key(document->where(), "media engines", "engine", "list of tables", problems);
    return problems;
  }
  for (const Value& table : *list->array())
    read_fields(table, engine_fields(), engines.emplace_back(), "media engine", problems);
  if (!problems.empty()) return problems;
  return engines;
}

const MediaPipeline* pipeline_of(const std::vector<MediaPipeline>& pipelines,
                                 std::string_view model) {
  for (const MediaPipeline& pipeline : pipelines) {
    if (std::find(pipeline.models.begin(), pipeline.models.end(), model) != pipeline.models.end())
      return &pipeline;
  }
  return nullptr;
}

}  // namespace polyfleet
