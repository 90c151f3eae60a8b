#include "fleet/job_synthetic.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/random_stream.hpp"

namespace polyfleet {

JobTrace synthetic_jobs(const SyntheticJobs& question, std::uint64_t seed) {
  constexpr std::uint64_t kStream = 0x6a6f6273;  // its own: nodes draw from 0, 1, ...
  RandomStream random(seed, kStream);
  const double all = std::accumulate(question.weights.begin(), question.weights.end(), 0.0);
  const double low = std::log(question.shortest / second);
  const double high = std::log(question.longest / second);
  JobTrace trace;
  trace.name = "made-up jobs";
  Seconds arrival;
  for (std::int64_t i = 0; i < question.jobs; ++i) {
    Job job;
    job.id = i;
    job.arrival = job_ticks(arrival);
    job.work =
        static_cast<double>(job_ticks(std::exp(low + random.uniform() * (high - low)) * second));
    double drawn = random.uniform() * all;
    std::size_t gang = 0;
    while (gang + 1 < question.gangs.size() && drawn >= question.weights[gang])
      drawn -= question.weights[gang++];
    job.accelerators = question.gangs[gang];
    trace.jobs.push_back(job);
    arrival += random.exponential(1 * hour / second / question.per_hour) * second;
  }
  sort_jobs(trace.jobs);
  return trace;
}

}  // namespace polyfleet
