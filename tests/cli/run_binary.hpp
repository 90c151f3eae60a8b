// Runs the built binary as a user does: arguments through the shell, output and exit code back.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

struct Outcome {
  int code = -1;
  std::string out, err;
  bool says(const std::string& part) const { return (out + err).find(part) != std::string::npos; }
};

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A folder of this test process, removed at its end.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("polyfleet_cli_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline const ScratchFolder& scratch() {
  static const ScratchFolder folder;
  return folder;
}

inline Outcome polyfleet_run(const std::string& arguments) {
  const auto out = scratch() / "out", err = scratch() / "err";
  const std::string command = std::string(POLYFLEET_BINARY) + " " + arguments + " >" +
                              out.string() + " 2>" + err.string() + " </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(out), content_of(err)};
}

/// A small complete estimate; further flags come behind it.
inline std::string small_estimate(const std::string& more = "") {
  return "estimate train --model llama3.1-8b --accelerator nv_h100_sxm --devices 8 --global-batch "
         "64 "
         "--sequence 4096 --precision bf16 --recompute full " +
         more;
}
