// Models as people write them: TOML in the form of data/models (keys: docs/catalogue.md), or a
// Hugging Face config.json (workload/hugging_face.hpp). Every problem of a document is reported
// with its position; what a file leaves open and the reader assumes stands in
// ModelSpec::assumptions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/value.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// A document of the catalogue's own form.
Result<ModelSpec> read_model(const Value& document);

/// A .toml of the catalogue's form, a .json of either form, or a folder that holds a config.json.
Result<ModelSpec> load_model(const std::filesystem::path& path);

/// The text of such a .json; `name` stands in messages and becomes the id of a model without one.
Result<ModelSpec> read_model_text(std::string_view text, const std::string& name);

/// The reference page of the TOML form: a Markdown table of key, type, default and meaning.
std::string model_reference_page();

}  // namespace polyfleet
