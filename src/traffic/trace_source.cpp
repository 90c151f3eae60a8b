#include "traffic/trace_source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace polyfleet {
namespace {

constexpr const char* kTooLong =
    "cut the trace (start, stop), or name the column arrival_time if it holds times since 1970";

/// The index of a name. Without one: the only one's, or -1 where there are several.
std::int32_t default_index(const std::string& name, const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::int32_t>(found - names.begin());
  return names.size() > 1 ? -1 : 0;
}

class TraceSource final : public ReadAheadSource {
 public:
  TraceSource(TraceLines lines, const TraceOptions& options)
      : lines_(std::move(lines)),
        skip_empty_(options.skip_empty),
        start_(picos_of(options.start)) {}

  /// Takes every line and orders them by arrival, those of one moment in the file's order.
  Diagnostics sort_all();
  std::vector<std::string> remarks() const override;

 protected:
  Result<std::optional<ServingRequest>> produce() override;

 private:
  Result<std::optional<ServingRequest>> read(bool in_order);

  TraceLines lines_;
  bool skip_empty_, sorted_ = false;
  Picos start_;
  std::optional<TraceTime> origin_;
  Picos last_ = 0;
  std::int64_t requests_ = 0, left_out_ = 0, before_ = 0;
  std::vector<ServingRequest> all_;  // when sorted, the last first
};

/// The next line; arrival relative to the first where its column is.
Result<std::optional<ServingRequest>> TraceSource::read(bool in_order) {
  while (lines_.next()) {
    TraceRow& row = lines_.row();
    if (row.is_empty_request()) {
      ++left_out_;
      if (skip_empty_) continue;
      return lines_.here("a request without input or output tokens cannot be served",
                         "remove the line, or leave such requests out with skip_empty = true");
    }
    if (!origin_) {
      const TraceTime first = row.is_relative() ? row.time() : TraceTime{};
      origin_ = in_order ? later(first, start_) : first;  // unordered, the first is not known yet
    }
    if (in_order && row.time() < *origin_ && start_ > 0) {
      ++before_;
      continue;
    }
    const auto arrival = span(*origin_, row.time());
    if (!arrival) return lines_.here("the arrival is more than 100 days from the start", kTooLong);
    if (in_order && *arrival < last_) {
      return lines_.here(fmt::format("arrives at {} s, before the line above it ({} s)",
                                     picos_text(*arrival), picos_text(last_)),
                         "sort the file by arrival, or set sort = true if it fits in memory");
    }
    last_ = *arrival;
    ServingRequest request = row.request();
    request.arrival = *arrival;
    request.id = requests_++;
    return std::optional<ServingRequest>(std::move(request));
  }
  if (lines_.problem()) return *lines_.problem();
  if (requests_ == 0 && left_out_ == 0 && before_ == 0)
    return lines_.here("holds no requests, only a header", "check that this is the right file");
  return std::optional<ServingRequest>();
}

Diagnostics TraceSource::sort_all() {
  for (;;) {
    Result<std::optional<ServingRequest>> each = read(false);
    if (!each) return each.problems();
    if (!*each) break;
    if (all_.size() == kMostSortedRequests) {
      return {lines_.here(
          fmt::format("has more than {} requests: too many to sort in memory", all_.size()),
          "sort the file itself, for example with sort(1)")};
    }
    all_.push_back(std::move(**each));
  }
  std::stable_sort(all_.begin(), all_.end(), [](const ServingRequest& a, const ServingRequest& b) {
    return a.arrival < b.arrival;
  });
  const Picos earliest = all_.empty() ? 0 : std::min<Picos>(all_.front().arrival, 0);
  for (ServingRequest& request : all_) request.arrival -= earliest + start_;
  const auto in_window = std::find_if(all_.begin(), all_.end(),
                                      [](const ServingRequest& each) { return each.arrival >= 0; });
  before_ = in_window - all_.begin();
  all_.erase(all_.begin(), in_window);
  std::int64_t id = 0;
  for (ServingRequest& request : all_) request.id = id++;
  std::reverse(all_.begin(), all_.end());
  sorted_ = true;
  return {};
}

Result<std::optional<ServingRequest>> TraceSource::produce() {
  if (!sorted_) return read(true);
  if (all_.empty()) return std::optional<ServingRequest>();
  std::optional<ServingRequest> request(std::move(all_.back()));
  all_.pop_back();
  return request;
}

std::vector<std::string> TraceSource::remarks() const {
  std::vector<std::string> remarks;
  std::string names;
  for (const std::string& name : lines_.unread()) names += (names.empty() ? "" : ", ") + name;
  if (!names.empty()) remarks.push_back("columns of the trace that are not read: " + names);
  if (lines_.left_model_unread())
    remarks.emplace_back("the trace names models, the scenario does not: all go to its first");
  if (lines_.left_class_unread())
    remarks.emplace_back("the trace names classes, the scenario does not: all are of its first");
  if (left_out_ > 0) {
    remarks.push_back(fmt::format(
        "{} requests of the trace have no input or no output and are left out", left_out_));
  }
  return remarks;
}

}  // namespace

Result<std::unique_ptr<RequestSource>> open_trace(const std::filesystem::path& path,
                                                  const TraceOptions& options) {
  Result<LineReader> reader = LineReader::open(path);
  if (!reader) return reader.problems();
  return open_trace(*std::move(reader), options);
}

Result<std::unique_ptr<RequestSource>> open_trace(LineReader reader, const TraceOptions& options) {
  auto context = std::make_shared<TraceContext>();
  context->names = options.names;
  context->model = default_index(options.model, options.names.models);
  context->slo_class = default_index(options.slo_class, options.names.classes);
  context->priority = options.priority;
  Result<TraceLines> lines =
      TraceLines::open(std::move(reader), options.format, std::move(context));
  if (!lines) return lines.problems();
  auto source = std::make_unique<TraceSource>(*std::move(lines), options);
  if (options.sort) {
    Diagnostics problems = source->sort_all();
    if (!problems.empty()) return problems;
  }
  return std::unique_ptr<RequestSource>(std::move(source));
}

}  // namespace polyfleet
