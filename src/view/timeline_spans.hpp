// What timelines of training steps share: their spans column by column, which lanes of many are
// drawn, and the words of tasks.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chart/data_table.hpp"
#include "training/schedule.hpp"

namespace polyfleet {

/// At most this many lanes can be told apart, and about this many spans be drawn and listed; half
/// the lanes where all of them hold more.
inline constexpr int kMostStageLanes = 16;
inline constexpr std::size_t kMostStageSpans = 1500;

/// Spans on lanes, in milliseconds; those of no length are left out.
class StageSpans {
 public:
  struct Span {
    Seconds begin, end;
    std::string kind;  ///< "forward"
    std::string what;  ///< "micro-batch 3, chunk 1"
  };

  /// Later spans are of this lane, of this vendor if it is known.
  void lane(std::string name, std::string vendor = {});
  void add(Span span);
  /// What the lane leaves open between its spans up to `end` becomes spans of `kind`; gaps below a
  /// billionth of `end` are rounding. Spans must not overlap.
  void fill_gaps(Seconds end, const std::string& kind);

  /// Columns stage, begin, end, kind, what, and vendor where any lane has one.
  DataTable take();

 private:
  std::string lane_, vendor_;
  std::vector<std::string> lanes_, vendors_, kinds_, whats_;
  std::vector<Seconds> begins_, ends_;
  std::size_t first_of_lane_ = 0;
};

/// All of so many stages, or of more than can be shown the first, the last and evenly spaced ones
/// between. `spans`: of all stages together.
std::set<int> shown_stages(int stages, std::size_t spans, int most = kMostStageLanes);

/// "1 stage", "16 stages", "2 micro-batches".
std::string counted_noun(std::int64_t number, std::string_view noun);

/// "backward, input".
std::string task_words(TaskKind kind);

}  // namespace polyfleet
