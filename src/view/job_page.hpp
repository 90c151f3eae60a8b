// A simulated cluster of jobs as a page of pictures: waiting, queue and use over time, by size of
// gang, what became of accelerator-time. The numbers are those of report/job_report. Over time a
// job counts from its first start to its end, which is wrong while it is stopped in between.
#pragma once

#include "chart/figure.hpp"
#include "report/job_answer.hpp"

namespace polyfleet {

inline double job_seconds(JobTick ticks) { return seconds_of_job_ticks(ticks) / second; }

FigurePage job_page(const JobAnswer& answer);

/// Jobs waiting and accelerators in use over time, arrivals.
FigureSection job_time_section(const JobAnswer& answer);

}  // namespace polyfleet
