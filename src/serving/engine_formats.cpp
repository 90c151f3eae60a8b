// Reads data/engines/formats.toml.
#include <fmt/format.h>

#include "config/fields.hpp"
#include "serving/engine_profile.hpp"

namespace polyfleet {
namespace {

struct FormatEntry {
  InferenceFormats formats;
  std::string source, status;
};

std::optional<Dtype> dtype_of(std::string_view text, const Value& value, std::string_view key,
                              Diagnostics& out) {
  if (const auto dtype = dtype_named(text)) return dtype;
  detail::unknown_choice(key, std::string(text), value,
                         std::vector<std::string>(kDtypeNames.begin(), kDtypeNames.end()), out);
  return std::nullopt;
}

/// "fp8", or "mxfp4 x bf16": stored in one format, multiplied in another.
void read_weights(WeightFormat& into, const Value& value, std::string_view key, Diagnostics& out) {
  const auto text = detail::read_text(value, key, out);
  if (!text) return;
  constexpr std::string_view kTimes = " x ";
  const std::size_t cut = text->find(kTimes);
  const auto stored = dtype_of(text->substr(0, cut), value, key, out);
  const auto multiplied = cut == std::string::npos
                              ? stored
                              : dtype_of(text->substr(cut + kTimes.size()), value, key, out);
  if (stored && multiplied) into = {*stored, *multiplied};
}

Field<FormatEntry> weights_field(std::string key, WeightFormat InferenceFormats::*member,
                                 std::string help) {
  return {
      key,
      "format, or \"stored x multiplied\"",
      std::move(help),
      false,
      [=](FormatEntry& into, const Value& value, Diagnostics& out) {
        read_weights(into.formats.*member, value, key, out);
      },
      [=](const FormatEntry& from) {
        const WeightFormat& format = from.formats.*member;
        if (format.stored == format.multiplied) return Value(name_of(format.stored));
        return Value(fmt::format("{} x {}", name_of(format.stored), name_of(format.multiplied)));
      }};
}

Field<FormatEntry> dtype_field(std::string key, Dtype InferenceFormats::*member, std::string help) {
  return {key,
          "format",
          std::move(help),
          false,
          [=](FormatEntry& into, const Value& value, Diagnostics& out) {
            const auto text = detail::read_text(value, key, out);
            if (!text) return;
            if (const auto dtype = dtype_of(*text, value, key, out)) into.formats.*member = *dtype;
          },
          [=](const FormatEntry& from) { return Value(name_of(from.formats.*member)); }};
}

const FieldTable<FormatEntry>& format_fields() {
  using E = FormatEntry;
  using F = InferenceFormats;
  static const FieldTable<E> fields{
      required(Field<E>{"name", "text", "of the set", false,
                        [](E& into, const Value& value, Diagnostics& out) {
                          if (const auto text = detail::read_text(value, "name", out))
                            into.formats.name = *text;
                        },
                        [](const E& from) { return Value(from.formats.name); }}),
      weights_field("attention_projections", &F::attention_projections, "of attention"),
      weights_field("mlp", &F::mlp, "of dense MLPs"),
      weights_field("experts", &F::experts, "of routed experts"),
      weights_field("shared_experts", &F::shared_experts, "of shared experts"),
      weights_field("head", &F::head, "of the output head"),
      dtype_field("activation", &F::activation, "residual stream and all-reduces"),
      dtype_field("cache", &F::cache, "keys and values in memory"),
      dtype_field("attention", &F::attention, "arithmetic of the attention core"),
      Field<E>{"dispatch_narrow", "true or false", "tokens travel to experts in their format",
               false,
               [](E& into, const Value& value, Diagnostics& out) {
                 if (const auto on = detail::read_bool(value, "dispatch_narrow", out))
                   into.formats.dispatch_narrow = *on;
               },
               [](const E& from) { return Value(from.formats.dispatch_narrow); }},
      required(text_field("source", &E::source, "where it stands")),
      required(text_field("status", &E::status, "who states it")),
  };
  return fields;
}

}  // namespace

Result<std::vector<InferenceFormats>> load_inference_formats(
    const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "engines" / "formats.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  const Value* list = document->find("format");
  if (list == nullptr || list->array() == nullptr)
    return problem_at({path, 0, 0}, "lacks [[format]] entries");
  Diagnostics problems;
  std::vector<InferenceFormats> formats;
  for (const Value& item : *list->array()) {
    FormatEntry entry;
    read_fields(item, format_fields(), entry, "format", problems);
    formats.push_back(std::move(entry.formats));
  }
  if (!problems.empty()) return problems;
  return formats;
}

InferenceFormats formats_of_engine(const InferenceFormats& formats, const EngineProfile& profile) {
  constexpr Bytes kWideElement = 2 * byte;
  InferenceFormats result = formats;
  const bool narrow = bytes_per_element(formats.mlp.stored) < kWideElement ||
                      bytes_per_element(formats.experts.stored) < kWideElement;
  if (profile.cache_follows_weights && narrow) result.cache = Dtype::fp8;
  return result;
}

}  // namespace polyfleet
