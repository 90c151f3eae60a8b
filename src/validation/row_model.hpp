// Which model a row trains: the catalogue's entry for its name with the row's own columns on top,
// or the columns alone where no catalogue has the model. Internal to the validation room.
#pragma once

#include "validation/row_reading.hpp"

namespace polyfleet {

/// Leaves the row out when neither catalogue nor columns give layers, width and heads.
ModelSpec read_model(RowReading& reading, const CatalogueLookup& lookup);

/// The vocabulary as trained: an explicit padded figure, else the stated one rounded up to the
/// profile's multiple times the tensor-parallel degree.
void pad_vocabulary(RowReading& reading, ModelSpec& model, int tensor);

}  // namespace polyfleet
