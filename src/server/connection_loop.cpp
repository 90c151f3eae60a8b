#include "server/connection_loop.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/check.hpp"

namespace polyfleet {
namespace {

constexpr std::uint64_t kListener = 0, kWakeup = 1;
constexpr std::chrono::milliseconds kTick{250};      // how late a deadline may be noticed
constexpr std::chrono::milliseconds kLinger{2'000};  // for a client to read a refusal
constexpr std::size_t kBlock = 65536;                // bytes read at once
constexpr int kMostBlocks = 128;  // of one connection before others have their turn

void watch(int poll, int socket, std::uint64_t id, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  ::epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

}  // namespace

struct ConnectionLoop::Connection {
  enum class State { reading, serving, sending, draining };
  int socket = -1;
  std::uint64_t id = 0;
  State state = State::reading;
  bool unread = false;  ///< bytes arrived while serving or sending
  bool ended = false;   ///< the client sends no more
  bool close_after = false;
  bool continued = false;  ///< 100 Continue was sent for this request
  std::string in, out;
  std::size_t sent = 0;
  std::size_t reserved = 0;  ///< of the bytes that may be received in all
  Clock::time_point since, deadline;
};

ConnectionLoop::ConnectionLoop(int listener, ConnectionLimits limits, FrameLimits frame,
                               Serve serve, Refuse refuse)
    : limits_(limits),
      frame_(frame),
      serve_(std::move(serve)),
      refuse_(std::move(refuse)),
      listener_(listener),
      poll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakeup_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  POLYFLEET_CHECK(poll_ >= 0 && wakeup_ >= 0, "the system has descriptors left");
  watch(poll_, listener_, kListener, EPOLLIN);
  watch(poll_, wakeup_, kWakeup, EPOLLIN);
}

ConnectionLoop::~ConnectionLoop() {
  for (const auto& [id, connection] : connections_) ::close(connection->socket);
  ::close(listener_);
  ::close(wakeup_);
  ::close(poll_);
}

void ConnectionLoop::stop() {
  {
    const std::lock_guard lock(guard_);
    stopping_ = true;
  }
  wake();
}

void ConnectionLoop::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto wrote = ::write(wakeup_, &one, sizeof one);
}

void ConnectionLoop::run() {
  std::array<epoll_event, 64> events;
  Clock::time_point next_check = Clock::now();
  for (;;) {
    const int wait = connections_.empty() ? -1 : static_cast<int>(kTick.count());
    const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), wait);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kListener) {
        accept_all();
      } else if (event.data.u64 == kWakeup) {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto read = ::read(wakeup_, &ignored, sizeof ignored);
      } else {
        on_event(event.data.u64, event.events);
      }
    }
    finish_served();
    if (const auto now = Clock::now(); now >= next_check) {
      close_late(now);
      next_check = now + kTick;
    }
    const std::lock_guard lock(guard_);
    if (stopping_) return;
  }
}

void ConnectionLoop::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      if (errno == EMFILE || errno == ENFILE) make_room();
      return;  // the others pass: the client went away
    }
    if (connections_.size() >= limits_.connections) make_room();
    if (connections_.size() >= limits_.connections) {
      ::close(socket);
      continue;
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto connection = std::make_unique<Connection>();
    connection->socket = socket;
    connection->id = ++last_id_;
    connection->since = Clock::now();
    connection->deadline = connection->since + limits_.head;
    watch(poll_, socket, connection->id, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    connections_.emplace(connection->id, std::move(connection));
  }
}

/// Closes the connection that has waited longest for its client.
void ConnectionLoop::make_room() {
  Connection* oldest = nullptr;
  for (const auto& [id, connection] : connections_) {
    const bool waits = connection->state == Connection::State::reading ||
                       connection->state == Connection::State::draining;
    if (waits && (oldest == nullptr || connection->since < oldest->since))
      oldest = connection.get();
  }
  if (oldest != nullptr) close(*oldest);
}

void ConnectionLoop::on_event(std::uint64_t id, std::uint32_t events) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0 && connection.state != Connection::State::serving)
    return close(connection);
  if (connection.state == Connection::State::sending && (events & EPOLLOUT) != 0)
    send_rest(connection);
  if (!connections_.contains(id) || (events & (EPOLLIN | EPOLLRDHUP)) == 0) return;
  connection.unread = true;
  const bool reads = connection.state == Connection::State::reading ||
                     connection.state == Connection::State::draining;
  if (reads && receive(connection)) advance(connection);
}

/// Reads what is there; false where the connection was closed or dropped what it read.
bool ConnectionLoop::receive(Connection& connection) {
  std::array<char, kBlock> block;
  const std::size_t most = frame_.head + frame_.body;
  for (int blocks = 0; connection.in.size() < most && blocks < kMostBlocks; ++blocks) {
    const ssize_t got = ::recv(connection.socket, block.data(), block.size(), 0);
    if (got > 0 && connection.state == Connection::State::draining) continue;
    if (got > 0) {
      connection.in.append(block.data(), static_cast<std::size_t>(got));
      if (static_cast<std::size_t>(got) == block.size()) continue;
    }
    connection.unread = false;
    connection.ended = got == 0;
    const bool failed = got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    const bool over = connection.ended && connection.state == Connection::State::draining;
    if (failed || over) {
      close(connection);
      return false;
    }
    break;
  }
  return connection.state == Connection::State::reading;
}

/// A request that is complete is served; one that cannot become whole is refused.
void ConnectionLoop::advance(Connection& connection) {
  if (connection.in.empty()) {
    if (connection.ended) close(connection);
    return;
  }
  const RequestFrame frame = request_frame(connection.in, frame_);
  if (frame.state == RequestFrame::State::refused)
    return refuse_request(connection, frame.status, frame.reason);
  if (frame.state == RequestFrame::State::complete) return dispatch(connection, frame);
  if (connection.ended) return close(connection);
  if (frame.head_bytes == 0) {
    // The first bytes of a request on a connection that was idle begin its deadline.
    connection.deadline = std::min(connection.deadline, Clock::now() + limits_.head);
    return;
  }
  if (connection.reserved == 0) {
    if (received_ + frame.body_bytes > limits_.received)
      return refuse_request(connection, 503, "too many bodies are being received");
    connection.reserved = frame.body_bytes;
    received_ += frame.body_bytes;
    connection.deadline = Clock::now() + limits_.body;
  }
  if (frame.expects_continue && !std::exchange(connection.continued, true)) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    [[maybe_unused]] const auto sent =
        ::send(connection.socket, kContinue.data(), kContinue.size(), MSG_NOSIGNAL);
  }
}

void ConnectionLoop::dispatch(Connection& connection, const RequestFrame& frame) {
  std::string head = connection.in.substr(0, frame.head_bytes);
  std::string body = connection.in.substr(frame.head_bytes, frame.body_bytes);
  connection.in.erase(0, frame.head_bytes + frame.body_bytes);
  if (connection.in.empty()) std::string().swap(connection.in);
  connection.state = Connection::State::serving;
  connection.continued = false;
  connection.deadline = Clock::time_point::max();
  const std::uint64_t id = connection.id;
  serve_(std::move(head), std::move(body), [this, id](ServedBytes served) {
    bool first = false;
    {
      const std::lock_guard lock(guard_);
      first = finished_.empty();
      finished_.push_back({id, std::move(served)});
    }
    if (first) wake();
  });
}

void ConnectionLoop::finish_served() {
  std::vector<Finished> finished;
  {
    const std::lock_guard lock(guard_);
    finished.swap(finished_);
  }
  for (Finished& each : finished) {
    const auto found = connections_.find(each.id);
    if (found != connections_.end()) answer(*found->second, std::move(each.served));
  }
}

void ConnectionLoop::release(Connection& connection) {
  received_ -= connection.reserved;
  connection.reserved = 0;
}

void ConnectionLoop::answer(Connection& connection, ServedBytes served) {
  release(connection);
  if (unsent_ + served.bytes.size() > limits_.unsent)
    served = {refuse_(503, "too many answers wait to be read"), true};
  connection.out = std::move(served.bytes);
  connection.sent = 0;
  connection.close_after = served.close;
  connection.state = Connection::State::sending;
  connection.deadline = Clock::now() + limits_.send;
  unsent_ += connection.out.size();
  send_rest(connection);
}

void ConnectionLoop::send_rest(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const ssize_t sent = ::send(connection.socket, connection.out.data() + connection.sent,
                                connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (sent < 0) return close(connection);
    connection.sent += static_cast<std::size_t>(sent);
  }
  unsent_ -= connection.out.size();
  std::string().swap(connection.out);
  await_request(connection);
}

/// After an answer: the next request, or, before closing, a while in which the client may still
/// send: closing at once would reset the connection and lose the answer on its way.
void ConnectionLoop::await_request(Connection& connection) {
  const auto now = Clock::now();
  connection.since = now;
  if (connection.close_after) {
    ::shutdown(connection.socket, SHUT_WR);
    connection.state = Connection::State::draining;
    connection.deadline = now + kLinger;
    std::string().swap(connection.in);
  } else {
    connection.state = Connection::State::reading;
    connection.deadline = now + (connection.in.empty() ? limits_.idle : limits_.head);
  }
  if (connection.unread && !receive(connection)) return;
  if (connection.state == Connection::State::reading) advance(connection);
}

void ConnectionLoop::refuse_request(Connection& connection, int status, const std::string& reason) {
  answer(connection, {refuse_(status, reason), true});
}

void ConnectionLoop::close_late(Clock::time_point now) {
  std::vector<Connection*> late;
  for (const auto& [id, connection] : connections_) {
    if (connection->deadline <= now) late.push_back(connection.get());
  }
  for (Connection* connection : late) {
    const bool began = connection->state == Connection::State::reading && !connection->in.empty();
    if (began) {
      refuse_request(*connection, 408, "the request did not arrive in time");
    } else {
      close(*connection);
    }
  }
}

void ConnectionLoop::close(Connection& connection) {
  release(connection);
  unsent_ -= connection.out.size();
  ::close(connection.socket);
  connections_.erase(connection.id);
}

}  // namespace polyfleet
