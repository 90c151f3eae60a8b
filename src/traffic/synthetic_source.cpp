#include "traffic/synthetic_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <unordered_map>

#include "base/check.hpp"
#include "traffic/arrival_process.hpp"

namespace polyfleet {
namespace {

constexpr std::uint64_t kArrivals = 0;  // random stream

/// A turn whose time has been fixed and that has not been handed out.
struct Waiting {
  Picos arrival = 0;
  std::int64_t order = 0;  ///< of being fixed, for those of one moment
  Conversation conversation;
};
struct LaterTurn {
  bool operator()(const Waiting& a, const Waiting& b) const {
    return a.arrival != b.arrival ? a.arrival > b.arrival : a.order > b.order;
  }
};

class SyntheticSource final : public RequestSource {
 public:
  SyntheticSource(const SourceSpec& spec, RequestShaper shaper, std::uint64_t seed);

  Picos next_arrival() override;
  Result<std::optional<ServingRequest>> next() override;
  bool exhausted() const override;
  void completed(std::int64_t id, Picos at) override;
  std::vector<std::string> remarks() const override;

 private:
  bool is_open() const { return process_.has_value(); }
  bool is_closed_loop() const { return users_ > 0; }
  bool is_limit_reached() const { return limit_ > 0 && handed_out_ >= limit_; }
  bool is_too_late(Picos arrival) const { return arrival >= end_; }
  void start_users(const SourceSpec& spec);
  void draw_start();
  void wait(Picos arrival, Conversation conversation);

  RequestShaper shaper_;
  std::optional<ArrivalProcess> process_;
  std::int64_t users_ = 0, limit_ = 0, offline_left_ = 0;
  Picos end_ = kNever;
  std::optional<Picos> next_start_;  // of open or offline traffic
  bool starts_ended_ = false, reached_longest_ = false;
  std::priority_queue<Waiting, std::vector<Waiting>, LaterTurn> waiting_;
  std::unordered_map<std::int64_t, Conversation> under_way_;  // by request; more follows
  std::int64_t handed_out_ = 0, order_ = 0, cut_short_ = 0;
};

SyntheticSource::SyntheticSource(const SourceSpec& spec, RequestShaper shaper, std::uint64_t seed)
    : shaper_(std::move(shaper)), limit_(spec.requests) {
  if (spec.duration > Seconds()) end_ = picos_of(spec.duration);
  if (spec.arrivals == ArrivalKind::closed_loop) {
    starts_ended_ = true;
    start_users(spec);
  } else if (spec.arrivals == ArrivalKind::offline) {
    offline_left_ = spec.requests;
  } else {
    process_.emplace(spec, RandomStream(seed, kArrivals));
  }
}

void SyntheticSource::start_users(const SourceSpec& spec) {
  users_ = spec.users;
  for (std::int64_t i = 0; i < users_; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(users_);
    const Picos start = picos_of(spec.ramp * share);
    const bool is_needed = (limit_ == 0 || i < limit_) && !is_too_late(start);
    if (is_needed) wait(start, shaper_.start());
  }
}

void SyntheticSource::wait(Picos arrival, Conversation conversation) {
  waiting_.push({arrival, order_++, std::move(conversation)});
}

/// Fixes when the next conversation of open traffic starts.
void SyntheticSource::draw_start() {
  if (starts_ended_ || next_start_) return;
  if (is_open()) {
    next_start_ = process_->next();
    reached_longest_ = !next_start_;
    if (next_start_ && is_too_late(*next_start_)) next_start_.reset();
  } else if (offline_left_ > 0) {
    --offline_left_;
    next_start_ = 0;
  }
  starts_ended_ = !next_start_;
}

Picos SyntheticSource::next_arrival() {
  if (is_limit_reached()) return kNever;
  draw_start();
  const Picos turn = waiting_.empty() ? kNever : waiting_.top().arrival;
  return std::min(turn, next_start_.value_or(kNever));
}

Result<std::optional<ServingRequest>> SyntheticSource::next() {
  const Picos arrival = next_arrival();
  if (arrival == kNever) return std::optional<ServingRequest>();
  Conversation conversation;
  if (!waiting_.empty() && waiting_.top().arrival == arrival) {
    conversation = std::move(const_cast<Waiting&>(waiting_.top()).conversation);
    waiting_.pop();
  } else {
    conversation = shaper_.start();
    next_start_.reset();
  }
  ServingRequest request = shaper_.next_turn(conversation);
  request.arrival = arrival;
  request.id = handed_out_++;
  const bool more_follows = conversation.done < conversation.turns.size() || is_closed_loop();
  if (more_follows && !is_limit_reached()) under_way_.emplace(request.id, std::move(conversation));
  draw_start();
  return std::optional<ServingRequest>(std::move(request));
}

bool SyntheticSource::exhausted() const {
  if (is_limit_reached()) return true;
  return starts_ended_ && !next_start_ && waiting_.empty() && under_way_.empty();
}

void SyntheticSource::completed(std::int64_t id, Picos at) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  Conversation conversation = std::move(found->second);
  under_way_.erase(found);
  const Picos arrival = at + conversation.turns[conversation.done - 1].think;
  const bool has_turns = conversation.done < conversation.turns.size();
  if (is_too_late(arrival)) {
    if (has_turns) ++cut_short_;
  } else if (has_turns) {
    wait(arrival, std::move(conversation));
  } else {
    wait(arrival, shaper_.start());  // the user's next conversation
  }
}

std::vector<std::string> SyntheticSource::remarks() const {
  std::vector<std::string> remarks;
  if (reached_longest_)
    remarks.push_back(fmt::format("the traffic ends after 100 days and {} requests", handed_out_));
  if (cut_short_ > 0) {
    remarks.push_back(
        fmt::format("{} conversations are cut short by the end of the traffic", cut_short_));
  }
  return remarks;
}

}  // namespace

std::unique_ptr<RequestSource> synthetic_source(const SourceSpec& spec, RequestShaper shaper,
                                                std::uint64_t seed) {
  return std::make_unique<SyntheticSource>(spec, std::move(shaper), seed);
}

}  // namespace polyfleet
