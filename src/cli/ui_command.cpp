#include "cli/ui_command.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>

#include "app/content_fingerprint.hpp"
#include "base/files.hpp"
#include "cli/output.hpp"
#include "history/run_history.hpp"
#include "server/service.hpp"

namespace polyfleet {
namespace {

/// SIGINT and SIGTERM as something to wait for; every thread that is begun while it lives is
/// spared.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~EndSignals() { let_through(); }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  bool came_within_half_a_second() const {
    const timespec half{0, 500'000'000};
    return sigtimedwait(&set_, nullptr, &half) > 0;
  }
  /// From here on a signal ends the process at once.
  void let_through() const { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t set_, before_;
};

/// Whether a browser should be opened: as asked, else where a person with a screen has started us.
bool opens_browser(const UiArguments& arguments) {
  if (arguments.open || arguments.no_open) return arguments.open;
  const bool has_screen =
      std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
  return has_screen && isatty(STDOUT_FILENO) != 0;
}

/// The desktop's own way to open an address; without one nothing happens.
void open_browser(std::string address) {
  std::string program = "xdg-open";
  char* const words[] = {program.data(), address.data(), nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, program.c_str(), nullptr, nullptr, words, environ) != 0)
    std::fprintf(stderr, "no xdg-open here: open %s yourself\n", address.c_str());
}

std::filesystem::path ui_history(const UiArguments& arguments) {
  if (arguments.store == "none") return {};
  return arguments.store.empty() ? usual_history_file()
                                 : std::filesystem::absolute(arguments.store);
}

void warn_of_address(const std::string& address) {
  std::fprintf(stderr,
               "warning: %s may be reached from other machines; there is no login and no "
               "encryption: whoever reaches it may ask\n",
               address.c_str());
}

std::string shown_host(const std::string& address) {
  return address.find(':') == std::string::npos ? address : '[' + address + ']';
}

int serve(const UiArguments& arguments, const std::filesystem::path& data) {
  const EndSignals signals;
  Service service({.rules = {arguments.address},
                   .data_directory = data,
                   .history = ui_history(arguments),
                   .data = data_fingerprint(data, usual_cache_folder()),
                   .cores = std::max(1U, std::thread::hardware_concurrency())});
  const auto server =
      HttpServer::open({arguments.address, static_cast<int>(arguments.port)}, service);
  if (!server) return bad_input(server.problems());
  // Answers do not depend on where the server was started, and a name without a folder leads
  // nowhere but into the data.
  std::filesystem::current_path(data);
  if (!is_loopback(arguments.address)) warn_of_address(arguments.address);
  const std::string address =
      fmt::format("http://{}:{}/", shown_host(arguments.address), (*server)->port());
  print(fmt::format("polyfleet ui: {} (Ctrl-C ends it)\n", address));
  std::fflush(stdout);
  std::thread sockets([&] { (*server)->run(); });
  std::thread warming([&] { service.warm(); });
  if (opens_browser(arguments)) open_browser(address);
  while (!signals.came_within_half_a_second()) service.stop_late();
  signals.let_through();
  std::fprintf(stderr, "ending; what runs is stopped and kept (again: at once)\n");
  warming.join();
  service.stop();
  (*server)->stop();
  sockets.join();
  return kExitOk;
}

int run_ui(const UiArguments& arguments) {
  if (arguments.openapi) {
    print_json(api_description());
    return kExitOk;
  }
  if (arguments.port < 0 || arguments.port > 65535)
    return bad_input({problem_at({"--port", 0, 0}, fmt::format("{} is no port", arguments.port),
                                 "give 1 to 65535, or 0 for any that is free")});
  if (arguments.open && arguments.no_open)
    return bad_input({problem_at({"--open", 0, 0}, "contradicts --no-open", "give one of them")});
  const Result<std::filesystem::path> data = data_directory();
  if (!data) return bad_input(data.problems());
  return serve(arguments, std::filesystem::absolute(*data));
}

}  // namespace

CommandSpec ui_command(UiArguments& arguments) {
  return {
      {"ui"},
      "The web page: the main questions in a browser, and the same as a JSON API",
      "Examples:\n"
      "  polyfleet ui\n"
      "  polyfleet ui --port 0 --no-open --store none\n"
      "  polyfleet ui --openapi > openapi.json\n"
      "Docs: docs/api.md. It listens on this machine alone unless --address says otherwise.",
      {{.names = "--port",
        .target = &arguments.port,
        .help = "0 = any that is free",
        .type = "N",
        .show_default = true},
       {.names = "--address",
        .target = &arguments.address,
        .help = "where to listen; other machines may ask where it is not 127.0.0.1",
        .type = "ADDRESS",
        .show_default = true},
       {"--store", &arguments.store, "the run history (docs/runs.md); none: keep nothing", "FILE"},
       {"--open", &arguments.open, "open the page in a browser (usual on a desktop)"},
       {"--no-open", &arguments.no_open, "do not"},
       {"--openapi", &arguments.openapi, "print the API's description and end"}},
      [&] { return run_ui(arguments); }};
}

}  // namespace polyfleet
