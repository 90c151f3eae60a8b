// `polyfleet ui` as its clients meet it: the built binary, real sockets on loopback, honest and
// hostile ones.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "run_binary.hpp"

namespace {

using namespace std::chrono_literals;

/// `polyfleet ui` on a free port, told to end when it goes.
class Ui {
 public:
  explicit Ui(const std::string& more = "--store none") {
    int out[2];
    REQUIRE(pipe(out) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      close(out[0]);
      const std::string command =
          std::string("exec ") + POLYFLEET_BINARY + " ui --port 0 --no-open " + more;
      execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      _exit(127);
    }
    close(out[1]);
    char c = 0;
    while (read(out[0], &c, 1) == 1 && c != '\n') said_ += c;
    out_ = out[0];
    const std::size_t at = said_.find("127.0.0.1:");
    REQUIRE(at != std::string::npos);
    port_ = std::stoi(said_.substr(at + 10));
  }
  ~Ui() {
    if (pid_ > 0) end(SIGKILL);
    close(out_);
  }
  Ui(const Ui&) = delete;
  Ui& operator=(const Ui&) = delete;

  /// The exit code, or minus the signal that ended it.
  int end(int signal) {
    kill(pid_, signal);
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int port() const { return port_; }
  const std::string& said() const { return said_; }
  bool is_up() const { return waitpid(pid_, nullptr, WNOHANG) == 0; }
  /// Resident memory in KiB.
  long memory() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string word; status >> word;) {
      if (word == "VmRSS:") {
        status >> word;
        return std::stol(word);
      }
    }
    return 0;
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1, port_ = 0;
  std::string said_;
};

class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool send(const std::string& text) const {
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t count = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }
  void half_close() const { ::shutdown(socket_, SHUT_WR); }

  /// One whole answer; what came until then where the connection ends or `limit` is over.
  std::string answer(std::chrono::milliseconds limit = 20s) {
    const auto until = std::chrono::steady_clock::now() + limit;
    for (;;) {
      const std::size_t head = in_.find("\r\n\r\n");
      if (head != std::string::npos) {
        const std::size_t at = in_.find("Content-Length: ");
        const std::size_t length = at < head ? std::stoul(in_.substr(at + 16)) : 0;
        if (in_.size() >= head + 4 + length) {
          const std::string whole = in_.substr(0, head + 4 + length);
          in_.erase(0, whole.size());
          return whole;
        }
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      pollfd wait{socket_, POLLIN, 0};
      char block[65536];
      if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0) return in_;
      const ssize_t got = ::recv(socket_, block, sizeof block, 0);
      if (got <= 0) return in_;
      in_.append(block, static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_;
  std::string in_;
};

int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

std::string get_text(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

std::string post_text(const std::string& target, const std::string& body,
                      const std::string& more = "Content-Type: application/json\r\n") {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string kAsk = "/api/v1/ask/estimate-train";
const std::string kExample = R"({"scenario": {"file": "examples/llama_70b_mi355x.toml"}})";

/// What a server answers to these bytes on a connection of their own.
std::string said_to(const Ui& ui, const std::string& bytes) {
  Connection connection(ui.port());
  connection.send(bytes);
  return connection.answer();
}

bool answers(const Ui& ui) { return status_of(said_to(ui, get_text("/api/v1/about"))) == 200; }

bool has_problems(const std::string& answer) {
  return answer.find("\"problems\": [") != std::string::npos &&
         answer.find("Content-Type: application/json") != std::string::npos;
}

/// One server for the cases that leave it as it was.
const Ui& shared_ui() {
  static const Ui ui;
  return ui;
}

}  // namespace

TEST_CASE("ui says where it listens, answers, and ends cleanly when told to") {
  for (const int signal : {SIGINT, SIGTERM}) {
    Ui ui;
    CHECK(ui.said() ==
          "polyfleet ui: http://127.0.0.1:" + std::to_string(ui.port()) + "/ (Ctrl-C ends it)");
    CHECK(said_to(ui, get_text("/")).find("<html") != std::string::npos);
    CHECK(ui.end(signal) == 0);
  }
}

TEST_CASE("ui answers exactly what --json prints") {
  const std::string answer = said_to(shared_ui(), post_text(kAsk, kExample));
  const std::string printed = polyfleet_run("estimate train " POLYFLEET_SOURCE_DIR
                                            "/scenarios/examples/llama_70b_mi355x.toml --json")
                                  .out;
  CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == printed);
  CHECK(answer.find("X-Polyfleet-Verdict: ok") != std::string::npos);
}

TEST_CASE("ui refuses wrong arguments") {
  CHECK(polyfleet_run("ui --port 99999").code == 2);
  CHECK(polyfleet_run("ui --open --no-open").code == 2);
  CHECK(polyfleet_run("ui --address 203.0.113.7 --port 0 --no-open").code == 2);
  const Outcome taken = polyfleet_run("ui --no-open --port " + std::to_string(shared_ui().port()));
  CHECK(taken.code == 2);
  CHECK(taken.says("is in use"));
  const Outcome description = polyfleet_run("ui --openapi");
  CHECK(description.code == 0);
  CHECK(description.out.find("\"/api/v1/ask/estimate-train\"") != std::string::npos);
}

TEST_CASE("requests of other sites and for other hosts are refused with 403") {
  const Ui& ui = shared_ui();
  const std::string rebound = "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n";
  CHECK(status_of(said_to(ui, rebound)) == 403);
  CHECK(status_of(said_to(ui, "GET / HTTP/1.1\r\n\r\n")) == 400);
  CHECK(status_of(said_to(ui, "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")) !=
        200);
  const std::string posted =
      said_to(ui, post_text(kAsk, kExample,
                            "Content-Type: application/json\r\nOrigin: http://evil.example\r\n"));
  CHECK(status_of(posted) == 403);
  CHECK(has_problems(posted));
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded"})
    CHECK(status_of(said_to(ui, post_text(kAsk, kExample,
                                          "Content-Type: " + std::string(type) + "\r\n"))) == 415);
  const std::string preflight = said_to(ui, "OPTIONS " + kAsk +
                                                " HTTP/1.1\r\nHost: localhost\r\nOrigin: "
                                                "http://localhost\r\n\r\n");
  CHECK(status_of(preflight) == 405);
  CHECK(preflight.find("Access-Control") == std::string::npos);
}

TEST_CASE("methods that are not served, and HEAD") {
  const Ui& ui = shared_ui();
  for (const char* method : {"TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "BREW"}) {
    CAPTURE(method);
    const std::string answer =
        said_to(ui, std::string(method) + " /api/v1/about HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK((status_of(answer) == 405 || status_of(answer) == 400));
    CHECK(has_problems(answer));
  }
  Connection head(ui.port());
  head.send("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string answer = head.answer(2s);
  CHECK(status_of(answer) == 200);
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("paths lead to no files, however they are written") {
  const Ui& ui = shared_ui();
  for (const char* path :
       {"/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd",
        "/assets/..%2f..%2f..%2fetc/passwd", "/%2fetc%2fpasswd", "//etc/passwd", "/%00",
        "/api/v1/scenarios/..%2f..%2f..%2fetc%2fpasswd", "/api/v1/scenarios/%2fetc%2fpasswd",
        "/api/v1/catalogue/models/..%2f..%2fsecret", "/api/v1/catalogue/models/%2fetc%2fpasswd",
        "/index.html%00.js", "/%c0%ae%c0%ae/etc/passwd"}) {
    CAPTURE(path);
    const std::string answer = said_to(ui, get_text(path));
    CHECK(status_of(answer) == 404);
    CHECK(answer.find("root:") == std::string::npos);
  }
  for (const char* body :
       {R"({"set": {"model": "/etc/passwd"}})", R"({"scenario": {"file": "/etc/passwd"}})",
        R"({"scenario": {"text": "model = \"../../../../etc/passwd\""}})"}) {
    CAPTURE(body);
    const std::string answer = said_to(ui, post_text(kAsk, body));
    CHECK(status_of(answer) == 422);
    CHECK(answer.find("root:") == std::string::npos);
  }
}

TEST_CASE("bodies that are too large, broken or too deep are refused and the server goes on") {
  const Ui& ui = shared_ui();
  const long before = ui.memory();
  CHECK(status_of(said_to(ui, "POST " + kAsk +
                                  " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                                  "99999999999\r\n\r\n")) == 413);
  Connection large(ui.port());
  large.send("POST " + kAsk +
             " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Content-Length: 50000000\r\n\r\n");
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 48 && large.send(block); ++i) {
  }
  CHECK(status_of(large.answer()) == 413);
  CHECK(status_of(said_to(ui, "POST " + kAsk +
                                  " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"
                                  "\r\n\r\n5\r\nhello\r\n0\r\n\r\n")) == 411);
  for (const std::string& body :
       {std::string("{"), std::string("nonsense"), std::string("\xFF\xFE\x00", 3),
        std::string(1'000'000, '['), std::string(R"({"set": {"a": 1, "a": 2}})"),
        "{\"set\": " + std::string(200, '{') + "}", std::string(R"({"unknown": 1})"),
        std::string("[]"), std::string("null"), std::string()}) {
    CAPTURE(body.substr(0, 20));
    const std::string answer = said_to(ui, post_text(kAsk, body));
    CHECK(status_of(answer) == 400);
    CHECK(has_problems(answer));
  }
  CHECK(status_of(said_to(ui, post_text(kAsk, "{\"scenario\": {\"text\": \"" +
                                                  std::string(3'000'000, 'a') + "\"}}"))) == 422);
  CHECK(answers(ui));
  CHECK(ui.memory() < before + 300'000);
}

TEST_CASE("heads that are too large or malformed are refused") {
  const Ui& ui = shared_ui();
  CHECK(status_of(said_to(ui, get_text("/" + std::string(5000, 'a')))) == 414);
  CHECK(status_of(said_to(ui, get_text("/", "A: " + std::string(20000, 'a') + "\r\n"))) == 431);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "A" + std::to_string(i) + ": b\r\n";
  CHECK(status_of(said_to(ui, get_text("/", many))) == 431);
  CHECK(status_of(said_to(ui, "\x16\x03\x01\x02\r\n\r\n")) == 400);
  CHECK(status_of(said_to(ui, "GET / HTTP/3.0\r\n\r\n")) == 505);
  CHECK(status_of(said_to(ui, get_text("/", "Range: bytes=0-1,2-3,4-\r\n"))) != 0);
  CHECK(answers(ui));
}

TEST_CASE("one connection serves request after request, also sent ahead; junk behind ends it") {
  const Ui& ui = shared_ui();
  Connection connection(ui.port());
  connection.send(get_text("/api/v1/about") + post_text(kAsk, kExample) + get_text("/nothing") +
                  "\x01\x02 junk\n\n");
  CHECK(status_of(connection.answer()) == 200);
  CHECK(connection.answer().find("X-Polyfleet-Verdict") != std::string::npos);
  CHECK(status_of(connection.answer()) == 404);
  CHECK(status_of(connection.answer()) == 400);
  CHECK(connection.answer(3s).empty());
}

TEST_CASE("a client that has sent all and closed its half is answered") {
  Connection connection(shared_ui().port());
  connection.send(post_text(kAsk, kExample));
  connection.half_close();
  CHECK(status_of(connection.answer()) == 200);
}

TEST_CASE("a hundred slow clients do not keep an honest one waiting, and are sent away") {
  const Ui ui;
  std::vector<std::unique_ptr<Connection>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<Connection>(ui.port()));
    slow.back()->send(i % 2 == 0
                          ? "GET / HTTP/1.1\r\nHost: loc"
                          : "POST " + kAsk +
                                " HTTP/1.1\r\nHost: localhost\r\n"
                                "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{");
  }
  const auto begun = std::chrono::steady_clock::now();
  int answered = 0;
  for (int i = 0; i < 13; ++i) {
    answered += answers(ui) ? 1 : 0;
    for (const auto& each : slow) each->send("a");
    std::this_thread::sleep_for(900ms);
  }
  CHECK(answered == 13);
  CHECK(std::chrono::steady_clock::now() - begun > 10s);
  CHECK(status_of(slow.front()->answer(2s)) == 408);
}

TEST_CASE("more connections than there is room for push out the oldest, not the newest") {
  const Ui ui;
  std::vector<std::unique_ptr<Connection>> idle;
  for (int i = 0; i < 600; ++i) idle.push_back(std::make_unique<Connection>(ui.port()));
  CHECK(answers(ui));
  CHECK(ui.is_up());
}

TEST_CASE("ten thousand requests of every kind leave memory as it was") {
  const Ui ui;
  Connection connection(ui.port());
  const auto round = [&](int number) {
    const std::string bodies[] = {
        kExample, R"({"set": {"model": "no-such-model-)" + std::to_string(number) + "\"}}",
        R"({"scenario": {"file": "examples/llama_70b_mi355x.toml"}, "set": {"plan.sequence_length": )" +
            std::to_string(4096 + 8 * (number % 500)) + "}}",
        R"({"models": {"a.json": "{}"}})"};
    connection.send(number % 5 == 4 ? get_text("/api/v1/about")
                                    : post_text(kAsk, bodies[number % 5]));
    return status_of(connection.answer());
  };
  for (int i = 0; i < 2000; ++i) REQUIRE(round(i) != 0);
  const long before = ui.memory();
  for (int i = 2000; i < 10'000; ++i) REQUIRE(round(i) != 0);
  CHECK(ui.memory() < before + 8'000);
  CHECK(answers(ui));
}

TEST_CASE("a job is begun, stopped and its answer kept when the server ends") {
  const std::string store = (scratch() / "ui.sqlite").string();
  Ui ui("--store " + store);
  const std::string begun = said_to(
      ui,
      post_text("/api/v1/jobs/plan-train",
                R"({"set": {"model": "llama3.1-405b", "accelerator": "nv_h100_sxm", "devices": 4096,
                        "plan.global_batch": 4096, "plan.sequence_length": 8192, "precision": "bf16"}})"));
  CHECK(status_of(begun) == 202);
  CHECK(status_of(said_to(ui, get_text("/api/v1/jobs/1"))) == 200);
  CHECK(status_of(said_to(ui, "DELETE /api/v1/jobs/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")) == 200);
  std::string status;
  for (int i = 0; i < 300; ++i) {
    status = said_to(ui, get_text("/api/v1/jobs/1"));
    if (status.find("\"running\"") == std::string::npos) break;
    std::this_thread::sleep_for(50ms);
  }
  CHECK((status.find("\"cancelled\"") != std::string::npos ||
         status.find("\"done\"") != std::string::npos));
  CHECK(ui.end(SIGTERM) == 0);
}
