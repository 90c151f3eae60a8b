// A simulated cluster of jobs as text, JSON and files for spreadsheets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/value.hpp"
#include "report/job_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

std::string job_text(const JobAnswer& answer, PageStyle style);
Value job_json(const JobAnswer& answer);
/// Names and contents: jobs.csv (every job), classes.csv, account.csv.
std::vector<std::pair<std::string, std::string>> job_csv(const JobAnswer& answer);

}  // namespace polyfleet
