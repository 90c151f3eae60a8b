// What published rows run on, loaded once and shared by every row that needs the same: catalogue
// entries for the interpreter, and machines with the node size and NIC rate that a row states.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "training/machine.hpp"
#include "validation/interpretation.hpp"

namespace polyfleet {

/// Catalogue entries as the interpreter wants them: pointers that live as long as this object.
class RowShelves {
 public:
  explicit RowShelves(const Catalogue& catalogue) : catalogue_(catalogue) {}

  const ModelSpec* model(std::string_view name);
  const Accelerator* accelerator(std::string_view name);
  /// Valid as long as this object stays where it is.
  CatalogueLookup lookup();

 private:
  const Catalogue& catalogue_;
  std::map<std::string, std::unique_ptr<ModelSpec>> models_;
  std::map<std::string, std::unique_ptr<Accelerator>> accelerators_;
};

/// Machines by accelerator, node size and NIC rate; loading one reads its tables.
class RowMachines {
 public:
  explicit RowMachines(const Catalogue& catalogue) : catalogue_(catalogue) {}

  /// Precondition: the row has a scenario. Errors: those of the catalogue and of the cost models.
  Result<const Machine*> machine(const RowInterpretation& row);

 private:
  Result<Machine> load(const RowInterpretation& row) const;

  const Catalogue& catalogue_;
  std::map<std::string, std::unique_ptr<Result<Machine>>> machines_;
};

}  // namespace polyfleet
