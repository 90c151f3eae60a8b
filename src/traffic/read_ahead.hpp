// A source that knows its next request before it is asked for: what traces and their
// transformations share. Waits for no completions.
#pragma once

#include <optional>

#include "traffic/request.hpp"

namespace polyfleet {

class ReadAheadSource : public RequestSource {
 public:
  Picos next_arrival() final;
  Result<std::optional<ServingRequest>> next() final;
  bool exhausted() const final { return ended_ && !held_; }

 protected:
  /// The next request or the end; after an error it is not asked again.
  virtual Result<std::optional<ServingRequest>> produce() = 0;

 private:
  void look_ahead();

  std::optional<ServingRequest> held_;
  Diagnostics problems_;
  bool ended_ = false;
};

}  // namespace polyfleet
