#include <doctest/doctest.h>

#include <string>

#include "server/request_frame.hpp"

using namespace polyfleet;
using State = RequestFrame::State;

namespace {

const std::string kGet = "GET /api/v1/about HTTP/1.1\r\nHost: localhost\r\n\r\n";

RequestFrame frame_with(const std::string& headers, const std::string& body = "") {
  return request_frame("POST /x HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body);
}

}  // namespace

TEST_CASE("a request is complete with its last byte and not before") {
  for (std::size_t size = 0; size < kGet.size(); ++size) {
    CAPTURE(size);
    CHECK(request_frame(std::string_view(kGet).substr(0, size)).state == State::partial);
  }
  const std::string pipelined = kGet + "GET /next";
  const RequestFrame frame = request_frame(pipelined);
  CHECK(frame.state == State::complete);
  CHECK(frame.head_bytes == kGet.size());
  CHECK(frame.body_bytes == 0);
  CHECK(frame.method == "GET");
  CHECK(frame.target == "/api/v1/about");
}

TEST_CASE("a body is waited for to its declared length") {
  CHECK(frame_with("Content-Length: 5\r\n", "1234").state == State::partial);
  const RequestFrame frame = frame_with("content-length: 5\r\n", "12345678");
  CHECK(frame.state == State::complete);
  CHECK(frame.body_bytes == 5);
  CHECK(frame_with("Content-Length: 5\r\nExpect: 100-continue\r\n").expects_continue);
}

TEST_CASE("what two readers could split differently is refused") {
  CHECK(frame_with("Content-Length: 5\r\nContent-Length: 5\r\n").status == 400);
  CHECK(frame_with("Content-Length: +5\r\n").status == 400);
  CHECK(frame_with("Content-Length: 5, 5\r\n").status == 400);
  CHECK(frame_with("Content-Length:\r\n").status == 400);
  CHECK(frame_with("Content-Length : 5\r\n").status == 400);
  CHECK(frame_with("Transfer-Encoding: chunked\r\n").status == 411);
  CHECK(frame_with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n").status == 411);
  CHECK(frame_with(" folded: x\r\n").status == 400);
  CHECK(frame_with("A: b\nContent-Length: 3\r\n").status == 400);
  CHECK(frame_with("A: b\rContent-Length: 3\r\n").status == 400);
  CHECK(frame_with("Host: evil\r\n").status == 400);
  CHECK(frame_with("A: \x01\r\n").status == 400);
  CHECK(frame_with("Expect: a miracle\r\n").status == 417);
  CHECK(request_frame("GET\r\n\r\n").status == 400);
  CHECK(request_frame("G\xC3\x84T / HTTP/1.1\r\n\r\n").status == 400);
  CHECK(request_frame("GET /a b HTTP/1.1\r\n\r\n").status == 400);
  CHECK(request_frame("GET / HTTP/2.0\r\n\r\n").status == 505);
  CHECK(request_frame("\x16\x03\x01\x02\r\n\r\n").status == 400);
  CHECK(request_frame("\n").status == 400);
}

TEST_CASE("sizes are bounded before the bytes are there") {
  CHECK(frame_with("Content-Length: 4194304\r\n").state == State::partial);
  CHECK(frame_with("Content-Length: 4194305\r\n").status == 413);
  CHECK(frame_with("Content-Length: 99999999999999999999999999\r\n").status == 413);
  CHECK(request_frame("GET /" + std::string(5000, 'a')).status == 414);
  CHECK(request_frame("GET /" + std::string(4096, 'a') + " HTTP/1.1\r\n\r\n").status == 414);
  CHECK(frame_with("A: " + std::string(17000, 'a')).status == 431);
  std::string many;
  for (int i = 0; i < 70; ++i) many += "A: b\r\n";
  CHECK(frame_with(many).status == 431);
  CHECK(request_frame(std::string(20000, 'a')).status == 414);
}
