#include "server/request_frame.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace polyfleet {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// A character of a method or header name (RFC 9110, "token").
bool is_token(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_token(c); });
}

/// Printable ASCII without blanks.
bool is_target(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  });
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

class HeadReader {
 public:
  HeadReader(std::string_view head, const FrameLimits& limits, RequestFrame& frame)
      : rest_(head), limits_(limits), frame_(frame) {}

  void read() {
    read_request_line(next_line());
    std::size_t count = 0;
    for (std::string_view line = next_line(); !line.empty(); line = next_line()) {
      if (frame_.status != 0) return;
      if (++count > limits_.headers) return refuse(431, "too many headers");
      read_header(line);
    }
    if (frame_.status == 0 && chunked_) refuse(411, "a body without Content-Length");
    if (frame_.status == 0 && frame_.body_bytes > limits_.body)
      refuse(413, "the body is larger than " + std::to_string(limits_.body) + " bytes");
  }

 private:
  std::string_view next_line() {
    const std::size_t end = rest_.find("\r\n");
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(rest_.size(), line.size() + 2));
    return line;
  }
  void refuse(int status, std::string reason) {
    frame_.state = RequestFrame::State::refused;
    frame_.status = status;
    frame_.reason = std::move(reason);
  }
  void read_request_line(std::string_view line) {
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
      return refuse(400, "the request line is not METHOD TARGET VERSION");
    frame_.method = line.substr(0, first);
    frame_.target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(frame_.method) || !is_target(frame_.target))
      return refuse(400, "the request line holds characters that do not belong there");
    if (frame_.target.size() > limits_.target)
      return refuse(414, "the address is longer than " + std::to_string(limits_.target) + " bytes");
    if (!version.starts_with("HTTP/")) return refuse(400, "the request line names no HTTP version");
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
      return refuse(505, "HTTP/1.1 is spoken here");
  }
  void read_header(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return refuse(400, "a header line is not NAME: VALUE");
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (!is_header_text(value)) return refuse(400, "a header holds control characters");
    if (same_word(name, "content-length")) return read_length(value);
    if (same_word(name, "transfer-encoding")) chunked_ = true;
    if (same_word(name, "host") && std::exchange(has_host_, true))
      return refuse(400, "two Host headers");
    if (same_word(name, "expect")) {
      if (!same_word(value, "100-continue")) return refuse(417, "an unknown expectation");
      frame_.expects_continue = true;
    }
  }
  void read_length(std::string_view value) {
    std::size_t length = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (std::exchange(has_length_, true)) return refuse(400, "two Content-Length headers");
    if (fault == std::errc::result_out_of_range && end == value.data() + value.size())
      return refuse(413, "the body is larger than " + std::to_string(limits_.body) + " bytes");
    if (value.empty() || fault != std::errc{} || end != value.data() + value.size())
      return refuse(400, "Content-Length is not a number");
    frame_.body_bytes = length;
  }

  std::string_view rest_;
  const FrameLimits& limits_;
  RequestFrame& frame_;
  bool has_length_ = false, has_host_ = false, chunked_ = false;
};

RequestFrame refused(int status, std::string reason) {
  RequestFrame frame;
  frame.state = RequestFrame::State::refused;
  frame.status = status;
  frame.reason = std::move(reason);
  return frame;
}

/// A line break without its partner would be a line's end to some readers and not to others.
bool has_lone_break(std::string_view head) {
  for (std::size_t at = head.find_first_of("\r\n"); at != std::string_view::npos;
       at = head.find_first_of("\r\n", at + 2)) {
    const bool last = at + 1 == head.size();
    if (head[at] == '\n' || (!last && head[at + 1] != '\n')) return true;
  }
  return false;
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

RequestFrame request_frame(std::string_view received, const FrameLimits& limits) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const std::size_t end = received.substr(0, limits.head).find(kEnd);
  const bool whole = end != std::string_view::npos;
  const std::string_view head =
      received.substr(0, whole ? end + kEnd.size() : std::min(received.size(), limits.head));
  if (has_lone_break(head)) return refused(400, "lines end with CR LF");
  const bool in_first_line = head.find('\r') == std::string_view::npos;
  if (in_first_line && head.size() > limits.target + 64)  // a method and a version beside it
    return refused(414, "the address is longer than " + std::to_string(limits.target) + " bytes");
  if (!whole && received.size() >= limits.head)
    return refused(431, "the headers are larger than " + std::to_string(limits.head) + " bytes");
  RequestFrame frame;
  if (!whole) return frame;
  HeadReader(head, limits, frame).read();
  frame.head_bytes = head.size();
  if (frame.state == RequestFrame::State::refused) return frame;
  if (received.size() - frame.head_bytes >= frame.body_bytes)
    frame.state = RequestFrame::State::complete;
  return frame;
}

}  // namespace polyfleet
