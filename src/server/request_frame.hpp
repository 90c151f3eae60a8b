// Where one HTTP/1.1 request ends in what a connection has sent (RFC 9112), before anything looks
// at its content: lengths and characters are checked here, so that no later reader meets an endless
// line, a header that two readers would split differently, or a body of unknown length. Bodies in
// chunks are refused (411): no client of this API needs them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace polyfleet {

struct FrameLimits {
  std::size_t target = 4096;                ///< bytes of the request target
  std::size_t head = 16384;                 ///< bytes of request line and headers
  std::size_t headers = 64;                 ///< number of headers
  std::size_t body = std::size_t{4} << 20;  ///< bytes
};

/// What stands at the front of the received bytes.
struct RequestFrame {
  enum class State {
    partial,   ///< more must come; head_bytes is 0 until the head is complete
    complete,  ///< head_bytes + body_bytes are one request
    refused,   ///< status and reason say why; the connection cannot be read further
  };
  State state = State::partial;
  std::size_t head_bytes = 0;       ///< with the empty line behind the headers
  std::size_t body_bytes = 0;       ///< as declared
  std::string_view method, target;  ///< of the received bytes, once the head is complete
  bool expects_continue = false;
  int status = 0;
  std::string reason = {};
};

/// Whether two words differ in nothing but the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

RequestFrame request_frame(std::string_view received, const FrameLimits& limits = {});

}  // namespace polyfleet
