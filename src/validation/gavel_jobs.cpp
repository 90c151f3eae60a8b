#include "validation/gavel_jobs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <utility>

namespace polyfleet {
namespace {

/// Python's random.Random: the Mersenne Twister with its own seeding and conversions, so that the
/// published job sequences come out (docs.python.org/3/library/random.html).
class PythonRandom {
 public:
  explicit PythonRandom(std::uint32_t seed) : engine_(seeded(seed)) {}
  double random() {
    const auto high = draw() >> 5, low = draw() >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
  }
  double uniform(double from, double to) { return from + (to - from) * random(); }
  std::uint32_t below(std::uint32_t count) {
    const int bits = 32 - __builtin_clz(count);
    std::uint32_t drawn = draw() >> (32 - bits);
    while (drawn >= count) drawn = draw() >> (32 - bits);
    return drawn;
  }

 private:
  std::uint32_t draw() { return static_cast<std::uint32_t>(engine_()); }
  /// init_by_array of Matsumoto and Nishimura with one word.
  struct Seeding {
    using result_type = std::uint32_t;
    std::uint32_t key = 0;
    static std::size_t size() { return 624; }
    template <class Iterator>
    void generate(Iterator begin, Iterator end) const {
      std::array<std::uint32_t, 624> state{};
      state[0] = 19650218U;
      for (std::uint32_t i = 1; i < 624; ++i)
        state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
      std::uint32_t i = 1;
      const auto next = [&] {
        if (++i < 624) return;
        state[0] = state[623];
        i = 1;
      };
      for (int k = 0; k < 624; ++k, next())
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525U)) + key;
      for (int k = 0; k < 623; ++k, next())
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941U)) - i;
      state[0] = 0x80000000U;
      std::copy(state.begin(), state.end(), begin);
      (void)end;
    }
  };
  static std::mt19937 seeded(std::uint32_t seed) {
    Seeding seeding{seed};
    return std::mt19937(seeding);
  }
  std::mt19937 engine_;
};

/// The public generator's table of job kinds; those up to the language models run on several.
std::vector<std::string> kind_table() {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name, std::initializer_list<int> batches) {
    for (const int batch : batches)
      names.push_back(name + " (batch size " + std::to_string(batch) + ")");
  };
  add("ResNet-18", {16, 32, 64, 128, 256});
  add("ResNet-50", {16, 32, 64, 128});
  add("Transformer", {16, 32, 64, 128, 256});
  add("LM", {5, 10, 20, 40, 80});
  add("Recommendation", {512, 1024, 2048, 4096, 8192});
  names.insert(names.end(), {"A3C", "CycleGAN"});
  return names;
}
constexpr std::uint32_t kDistributedKinds = 19;

}  // namespace

// The generator's seeds are the run's plus 2 (jobs) and plus 3 (arrivals).
JobTrace gavel_poisson_jobs(const std::vector<JobKind>& kinds, std::uint32_t seed, double per_hour,
                            bool gangs, int count) {
  static const std::vector<std::string> names = kind_table();
  std::map<std::pair<std::string, int>, int> kind_at;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    kind_at[{kinds[i].name, kinds[i].accelerators}] = static_cast<int>(i);
  PythonRandom jobs(seed + 2), gaps(seed + 3);
  JobTrace trace;
  trace.kinds = kinds;
  double arrival = 0;
  for (int i = 0; i < count; ++i) {
    Job job;
    job.id = i;
    job.arrival = job_ticks(arrival * second);
    const double size = jobs.uniform(0, 1);
    job.accelerators = size < 0.7 || !gangs ? 1 : size <= 0.8 ? 2 : size <= 0.95 ? 4 : 8;
    const bool is_long = jobs.random() >= 0.8;
    const double power = is_long ? jobs.uniform(3, 4) : jobs.uniform(1.5, 3);
    const double seconds = 60 * std::pow(10.0, power);
    std::uint32_t kind = 0;
    do {
      kind = jobs.below(static_cast<std::uint32_t>(names.size()));
    } while (job.accelerators > 1 && kind >= kDistributedKinds);
    job.kind = kind_at.at({names[kind], job.accelerators});
    job.work = seconds * kinds[static_cast<std::size_t>(job.kind)].rate[0];
    trace.jobs.push_back(job);
    arrival += -std::log(1 - gaps.random()) / (per_hour / 3600);
  }
  return trace;
}

}  // namespace polyfleet
