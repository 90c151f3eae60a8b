// What a file of the user's own describes: an accelerator, a system, a fabric, a model, a site or a
// price set, told by its keys, as nothing else in such a file says so.
#pragma once

#include "catalogue/catalogue.hpp"

namespace polyfleet {

/// The shelf whose reader knows the most of the document's keys, at least half of them; a
/// config.json of Hugging Face is a model; a document of nothing but tables of figures is a price
/// set. Errors: neither, with what each would have.
Result<Shelf> shelf_of_document(const Value& document);

/// The same of a file, or of a folder, which holds a model's config.json. Errors: those of reading
/// it too.
Result<Shelf> shelf_of_file(const std::filesystem::path& path);

}  // namespace polyfleet
