// Named texts written into a folder, as `simulate fleet --csv` and `main-job` do.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/question.hpp"
#include "base/result.hpp"

namespace polyfleet {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

/// Makes the folder where it is not there and writes every file whole. The answer is a sentence
/// that names them. Errors: a folder or file that cannot be written.
Result<std::string> write_files(const std::string& folder, const NamedTexts& files);

/// What became of the files of a question's --csv.
struct WrittenFiles {
  std::string
      sentence;  ///< an empty line and write_files's sentence; empty where none were written
  Diagnostics problems;
};
/// Writes them into the folder of --csv. Precondition: the question has one.
WrittenFiles written_files(const Question& question, const NamedTexts& files);

}  // namespace polyfleet
