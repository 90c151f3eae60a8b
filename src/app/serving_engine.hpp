// One engine as a serving document states it (model, part, engine, cut, number formats, overrides)
// and what becomes of it: an engine model with what was assumed where the document leaves something
// open. The same keys describe the replica of `estimate serve` and every pool of `simulate serve`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "config/fields.hpp"
#include "report/serving_answer.hpp"
#include "serving/engine_model.hpp"

namespace polyfleet {

/// Empty texts and zero counts were not stated.
struct StatedEngine {
  std::string model, accelerator, system;
  std::string engine, release;  ///< id of data/engines; its version
  std::string formats, cache;   ///< a set of data/engines/formats.toml; number format
  int tensor = 0, pipeline = 1, expert = 1, attention_data = 1, context = 1;
  int draft_tokens = 0;        ///< speculation
  double tokens_per_step = 1;  ///< that one verified step yields on average
  double expert_imbalance = 1, maturity = 1, memory_fraction = 0;
  std::optional<UsdPerSecond> price;  ///< of one accelerator
  Value settings;                     ///< table of engine_settings_fields(), checked
  Position where;
};

const FieldTable<StatedEngine>& stated_engine_fields();

/// Where the service stands: its electricity, by a site's name or stated.
struct StatedSite {
  std::string site;
  std::optional<UsdPerJoule> electricity;
  std::optional<GramsCo2ePerJoule> carbon;
};

/// The keys of a site for a type that is derived from it.
const FieldTable<StatedSite>& stated_site_fields();

/// Errors: unknown names with a suggestion, a missing model or part, degrees that do not divide the
/// model; each at the position of its key in `document` where it has one. A model that does not fit
/// is no error (EngineModel::fits_in_memory).
Result<ResolvedEngine> resolve_engine(Workspace& workspace, const StatedEngine& stated,
                                      const StatedSite& site, const Value& document);

/// Where a key of the document stands, else the document itself.
Position position_of(const Value& document, std::string_view key);

}  // namespace polyfleet
