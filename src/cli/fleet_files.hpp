// Named texts written into a folder, as `simulate fleet --csv` and `main-job` do.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

/// Makes the folder where it is not there and writes every file whole. The answer is a sentence
/// that names them. Errors: a folder or file that cannot be written.
Result<std::string> write_files(const std::string& folder,
                                const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace polyfleet
