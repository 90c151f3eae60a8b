// What a failed POLYFLEET_CHECK throws: a bug of ours. It passes every reader of user input, is
// answered once where work begins (main, a request, a job) and leaves the rest of the process
// running. Built with POLYFLEET_ABORT_ON_BUG the process ends instead, so that a fuzzer keeps the
// input.
#pragma once

#include <stdexcept>
#include <string>

namespace polyfleet {

/// what(): "internal error at FILE:LINE: CONDITION: MESSAGE".
class BrokenContract : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// An exception that reached the end of a piece of work, in words: "internal error at ..." of a
/// broken contract, "internal error: ..." of any other.
std::string internal_error_text(const std::exception& error);

}  // namespace polyfleet
