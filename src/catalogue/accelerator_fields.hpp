// The keys of a file in data/hardware and of a system in data/systems: the only place that knows
// them. Editions are laid over the document before these tables read it (catalogue/edition.hpp).
#pragma once

#include "catalogue/accelerator.hpp"
#include "catalogue/system.hpp"
#include "config/fields.hpp"

namespace polyfleet {

const FieldTable<Accelerator>& accelerator_fields();
const FieldTable<System>& system_fields();

/// Names of the kinds of scale-up joint, for both tables.
const std::vector<std::pair<std::string, ScaleUpKind>>& scale_up_names();

}  // namespace polyfleet
