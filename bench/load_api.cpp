// A load for `polyfleet ui`: keep-alive clients that ask for estimates, each question other than
// the one before (sequence length and micro-batch change), so that nothing can be answered from
// memory. Usage: load_api PORT [REQUESTS=20000] [CLIENTS=32] [PATH=/api/v1/ask/estimate-train] One
// thread, poll(2); prints rate, latencies and whatever was not answered with 200.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Client {
  int socket = -1;
  std::string in;
  Clock::time_point sent;
};

std::string request_text(const std::string& path, long number) {
  const std::string body = fmt::format(
      R"({{"scenario": {{"file": "examples/llama_70b_mi355x.toml"}}, "set": {{"plan.sequence_length": {}, "plan.global_batch": {}}}}})",
      2048 + 8 * (number % 769), 256 + 64 * (number % 7));
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      path, body.size(), body);
}

int connected(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0), on = 1;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

/// Bytes of the answer at the front, or 0 while it is not whole.
std::size_t answer_size(const std::string& in) {
  constexpr char kLength[] = "Content-Length: ";
  const std::size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const std::size_t at = in.find(kLength);
  std::size_t length = 0;
  if (at < head) std::from_chars(in.data() + at + sizeof kLength - 1, in.data() + head, length);
  return in.size() >= head + 4 + length ? head + 4 + length : 0;
}

void ask(Client& client, const std::string& path, long number) {
  const std::string text = request_text(path, number);
  client.sent = Clock::now();
  if (::send(client.socket, text.data(), text.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(text.size()))
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc > 1 ? std::atoi(argv[1]) : 8765;
  const long requests = argc > 2 ? std::atol(argv[2]) : 20000;
  const int count = argc > 3 ? std::atoi(argv[3]) : 32;
  const std::string path = argc > 4 ? argv[4] : "/api/v1/ask/estimate-train";
  std::vector<Client> clients(static_cast<std::size_t>(count));
  std::vector<pollfd> polls;
  for (Client& client : clients) {
    client.socket = connected(port);
    polls.push_back({client.socket, POLLIN, 0});
  }
  std::vector<double> millis;
  std::map<std::string, long> statuses;
  long asked = 0, answered = 0;
  const auto begun = Clock::now();
  for (Client& client : clients) ask(client, path, asked++);
  std::vector<char> block(1 << 16);
  while (answered < requests) {
    if (::poll(polls.data(), polls.size(), 10'000) <= 0) {
      std::printf("no answer in ten seconds\n");
      return 1;
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (polls[i].revents == 0) continue;
      Client& client = clients[i];
      const ssize_t got = ::recv(client.socket, block.data(), block.size(), 0);
      if (got <= 0) {
        std::printf("a connection was closed\n");
        return 1;
      }
      client.in.append(block.data(), static_cast<std::size_t>(got));
      if (answer_size(client.in) == 0) continue;
      millis.push_back(
          std::chrono::duration<double, std::milli>(Clock::now() - client.sent).count());
      ++statuses[client.in.substr(9, 3)];
      client.in.clear();
      ++answered;
      if (asked < requests) ask(client, path, asked++);
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  std::sort(millis.begin(), millis.end());
  const auto share = [&](double p) {
    return millis[static_cast<std::size_t>(p * static_cast<double>(millis.size() - 1))];
  };
  std::printf(
      "%ld answers in %.2f s: %.0f a second; latency ms: median %.2f, 99 %% %.2f, most %.2f\n",
      answered, seconds, static_cast<double>(answered) / seconds, share(0.5), share(0.99),
      share(1.0));
  for (const auto& [status, times] : statuses)
    std::printf("status %s: %ld\n", status.c_str(), times);
  return statuses.size() == 1 && statuses.contains("200") ? 0 : 1;
}
