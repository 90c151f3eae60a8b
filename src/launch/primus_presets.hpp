// A Primus experiment with its presets laid under it: ${NAME:default} replaced, `extends` and
// `includes` followed, the module's `config` and `model` presets below its `overrides`.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

/// The experiment with everything merged into modules.<name>.overrides; keys keep their positions,
/// which may lie in a preset. Presets that `context.include` does not find are listed among
/// `into.unresolved`; `into.model_name` is the model preset's name. Errors: syntax, a document that
/// is no experiment.
Result<Value> read_primus_document(std::string_view text, const std::string& file,
                                   const ImportContext& context, LaunchImport& into);

}  // namespace polyfleet
