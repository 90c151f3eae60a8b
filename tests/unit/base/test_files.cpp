#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/files.hpp"

namespace polyfleet {
namespace {
namespace fs = std::filesystem;

/// A folder of its own that is gone at the end of the test.
class Scratch {
 public:
  Scratch()
      : folder_(fs::temp_directory_path() / ("polyfleet-files-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Scratch() { fs::remove_all(folder_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path operator/(const char* name) const { return folder_ / name; }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}));
  }

 private:
  fs::path folder_;
};

std::string first_problem(const Result<std::string>& result) {
  return result ? "" : result.problems().front().what;
}

}  // namespace

TEST_CASE("what is written is read back, whole, and nothing is left beside it") {
  const Scratch scratch;
  const std::string bytes("\0\xff two\nlines", 12);
  REQUIRE(write_file(scratch / "a", "before"));
  REQUIRE(write_file(scratch / "a", bytes));
  const auto read = read_file(scratch / "a");
  REQUIRE(read);
  CHECK(*read == bytes);
  CHECK(scratch.entries() == 1);
}

TEST_CASE("a file at the limit is read, one byte more is refused") {
  const Scratch scratch;
  REQUIRE(write_file(scratch / "a", std::string(1000, 'x')));
  CHECK(read_file(scratch / "a", 1000));
  CHECK(first_problem(read_file(scratch / "a", 999)) == "is larger than 999 bytes");
  CHECK(first_problem(read_file("/dev/zero", 5000)) == "is larger than 5000 bytes");
}

TEST_CASE("missing files and folders are diagnosed") {
  const Scratch scratch;
  CHECK(first_problem(read_file(scratch / "none")) == "no such file");
  CHECK(first_problem(read_file(scratch / ".")) == "is a folder, not a file");
}

TEST_CASE("a write that cannot succeed says so and leaves nothing") {
  const Scratch scratch;
  const auto no_folder = write_file(scratch / "none/a", "x");
  REQUIRE_FALSE(no_folder);
  CHECK(no_folder.problems().front().what == "cannot be written: No such file or directory");
  fs::create_directory(scratch / "folder");
  CHECK_FALSE(write_file(scratch / "folder", "x"));
  CHECK(scratch.entries() == 1);
}

TEST_CASE("a link keeps pointing at its file and a device is not replaced") {
  const Scratch scratch;
  REQUIRE(write_file(scratch / "real", "one"));
  fs::create_symlink("real", scratch / "link");
  REQUIRE(write_file(scratch / "link", "two"));
  CHECK(fs::is_symlink(scratch / "link"));
  CHECK(*read_file(scratch / "real") == "two");
  fs::create_symlink("/dev/null", scratch / "null");
  REQUIRE(write_file(scratch / "null", "gone"));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(fs::is_symlink(scratch / "null"));
}

TEST_CASE("the data folder: the environment's word first, and it must hold data") {
  const Scratch scratch;
  REQUIRE(write_file(scratch / "sources.toml", ""));
  ::setenv("POLYFLEET_DATA", (scratch / "").c_str(), 1);
  const auto named = data_directory();
  ::setenv("POLYFLEET_DATA", (scratch / "none").c_str(), 1);
  const auto wrong = data_directory();
  ::unsetenv("POLYFLEET_DATA");
  REQUIRE(named);
  CHECK(*named == (scratch / ""));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.problems().front().what.find("none") != std::string::npos);
  const auto built_from = data_directory();
  REQUIRE(built_from);
  CHECK(*built_from == fs::path(POLYFLEET_SOURCE_DIR) / "data");
}

}  // namespace polyfleet
