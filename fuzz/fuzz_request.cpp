// Any bytes are a request, a part of one, or a refusal; any body is a document with known members
// or problems, and no question leads to a file elsewhere.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "server/question_reader.hpp"
#include "server/request_frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const RequestFrame frame = request_frame(bytes);
  using State = RequestFrame::State;
  if (frame.state == State::refused) {
    POLYFLEET_CHECK(frame.status >= 400 && !frame.reason.empty(), "a refusal says why");
    return 0;
  }
  if (frame.state == State::partial) return 0;
  POLYFLEET_CHECK(frame.head_bytes + frame.body_bytes <= size, "a request lies in its bytes");
  POLYFLEET_CHECK(!frame.method.empty() && !frame.target.empty(), "a request has a target");
  const Result<Value> body = read_body(bytes.substr(frame.head_bytes, frame.body_bytes));
  if (!body) {
    POLYFLEET_CHECK(!body.problems().empty(), "a refusal says why");
    return 0;
  }
  const ScenarioFiles scenarios{std::filesystem::path()};
  const ReadablePaths readable{{}};
  const auto asked = read_question(*question_kind("estimate train"), *body, {scenarios, readable});
  POLYFLEET_CHECK(asked || !asked.problems().empty(), "a refusal says why");
  return 0;
}
