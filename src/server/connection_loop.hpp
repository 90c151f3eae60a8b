// The sockets of the server: one thread watches them all (epoll), collects whole requests, hands
// them on and sends what comes back. A slow or silent client costs a descriptor and a bounded
// buffer, never a thread. Each request has a deadline over all its bytes, not one a read; the
// number of connections and the bytes held for all of them are bounded, the longest waiting
// connection gives way to a new one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/request_frame.hpp"

namespace polyfleet {

struct ConnectionLimits {
  std::size_t connections = 512;
  std::chrono::milliseconds head{10'000};  ///< from a request's first byte to its headers' end
  std::chrono::milliseconds body{30'000};  ///< from there to its last byte
  std::chrono::milliseconds idle{75'000};  ///< from an answer to the next request
  std::chrono::milliseconds send{30'000};  ///< for a whole answer
  std::size_t received = std::size_t{64} << 20;  ///< bytes of bodies being received, in all
  std::size_t unsent = std::size_t{256} << 20;   ///< bytes of answers being sent, in all
};

/// The bytes of an answer; the connection is closed behind them when `close`.
struct ServedBytes {
  std::string bytes;
  bool close = false;
};

class ConnectionLoop {
 public:
  using Done = std::function<void(ServedBytes)>;
  /// Takes a whole request; calls `done` once, from any thread, before the loop is destroyed.
  using Serve = std::function<void(std::string head, std::string body, Done done)>;
  /// The bytes of an answer to what is not served: 400, 408, 411, 413, 414, 417, 431, 503, 505.
  using Refuse = std::function<std::string(int status, const std::string& reason)>;

  /// `listener`: a listening socket, which the loop owns from now on.
  ConnectionLoop(int listener, ConnectionLimits limits, FrameLimits frame, Serve serve,
                 Refuse refuse);
  ~ConnectionLoop();
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;

  /// Until stop(), which any thread may call.
  void run();
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection;
  struct Finished {
    std::uint64_t id;
    ServedBytes served;
  };

  void wake();
  void accept_all();
  void make_room();
  void on_event(std::uint64_t id, std::uint32_t events);
  void finish_served();
  void close_late(Clock::time_point now);
  void close(Connection& connection);
  bool receive(Connection& connection);
  void advance(Connection& connection);
  void dispatch(Connection& connection, const RequestFrame& frame);
  void answer(Connection& connection, ServedBytes served);
  void send_rest(Connection& connection);
  void await_request(Connection& connection);
  void refuse_request(Connection& connection, int status, const std::string& reason);
  void release(Connection& connection);

  ConnectionLimits limits_;
  FrameLimits frame_;
  Serve serve_;
  Refuse refuse_;
  int listener_, poll_, wakeup_;
  std::uint64_t last_id_ = 1;  ///< 0 and 1 are the listener and the wakeup
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::size_t received_ = 0, unsent_ = 0;

  std::mutex guard_;
  std::vector<Finished> finished_;
  bool stopping_ = false;
};

}  // namespace polyfleet
