// What a question reads is noticed, and read again from what was kept.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/content_hash.hpp"
#include "base/files.hpp"
#include "base/input_files.hpp"
#include "base/parallel_work.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

/// A folder "own" of the program and one of the user.
struct InputScratch {
  fs::path path = fs::temp_directory_path() / ("polyfleet_inputs_" + std::to_string(::getpid()));
  InputScratch() {
    fs::remove_all(path);
    fs::create_directories(path / "own");
    fs::create_directories(path / "mine" / "model");
    write("own/part.toml", "own");
    write("mine/trace.csv", "a,b\n");
    write("mine/model/config.json", "{}");
  }
  ~InputScratch() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
};

std::string read(const std::string& file) {
  const Result<std::string> text = read_file(file);
  return text ? *text : "error";
}

}  // namespace

TEST_CASE("hashes are those of FIPS 180-4") {
  CHECK(content_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(content_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(content_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(content_hash(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  for (std::size_t length = 0; length < 200; ++length) {  // any way of cutting is the same
    const std::string text(length, 'x');
    ContentHash hash;
    hash.add(text.substr(0, length / 3));
    hash.add(text.substr(length / 3));
    CHECK(hash.digits() == content_hash(text));
  }
}

TEST_CASE("files of the user are noticed once, those of the program never") {
  const InputScratch scratch;
  InputFiles inputs({scratch.path / "own"});
  {
    const InputFilesScope scope(&inputs);
    CHECK(read(scratch / "own/part.toml") == "own");
    CHECK(read(scratch / "mine/../own/part.toml") == "own");
    CHECK(inputs.empty());
    CHECK(read(scratch / "mine/trace.csv") == "a,b\n");
    CHECK(read(scratch / "mine/./trace.csv") == "a,b\n");
    CHECK(read(scratch / "mine/none.csv") == "error");
    {
      const InputFilesScope unseen(nullptr);
      CHECK(read(scratch / "mine/model/config.json") == "{}");
    }
    on_threads(2, [&](std::size_t i) {
      if (i == 1) CHECK(read(scratch / "mine/model/config.json") == "{}");
    });
  }
  scratch.write("mine/late.csv", "x");
  CHECK(read(scratch / "mine/late.csv") == "x");  // after the scope
  inputs.add_sent("z.json", "{\"sent\": 1}");
  const std::vector<InputFile> all = inputs.all();
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "z.json");
  CHECK(all[0].sent);
  CHECK(all[1].name == scratch / "mine/model/config.json");
  CHECK(all[2].name == scratch / "mine/trace.csv");
  CHECK(all[2].bytes == 4);
  CHECK(all[2].hash == content_hash("a,b\n"));
  CHECK(*all[2].content == "a,b\n");
  CHECK(inputs.not_kept().empty());
}

TEST_CASE("what was kept is read instead of the disk, and nothing else is found") {
  const InputScratch scratch;
  const std::string gone = scratch / "gone/model";
  std::vector<InputFile> kept{input_of(scratch / "mine/trace.csv", "old"),
                              input_of(gone + "/config.json", "{\"old\": 1}")};
  InputFiles inputs({scratch.path / "own"}, kept);
  const InputFilesScope scope(&inputs);
  CHECK(read(scratch / "mine/trace.csv") == "old");
  CHECK(*inputs.whole(scratch / "mine/trace.csv") == "old");
  CHECK(input_exists(gone));
  CHECK(input_is_folder(gone));
  CHECK_FALSE(input_is_folder(scratch / "gone/mod"));
  CHECK(read(gone + "/config.json") == "{\"old\": 1}");
  CHECK_FALSE(input_exists(scratch / "mine/model"));  // is on the disk, and was not kept
  CHECK(input_exists(scratch / "own/part.toml"));
  CHECK(inputs.all().size() == 2);
  CHECK(inputs.not_kept().empty());
  CHECK(read(scratch / "mine/model/config.json") == "{}");  // named outright
  CHECK(inputs.not_kept() == std::vector<std::string>{scratch / "mine/model/config.json"});
  const Result<std::string> small = read_file(scratch / "mine/trace.csv", 2);
  REQUIRE(!small.has_value());
  CHECK(to_text(small.problems()).find("is larger than 2 bytes") != std::string::npos);
}

TEST_CASE("of a file that is too large size and hash are known, of a pipe nothing") {
  const InputScratch scratch;
  const std::string large(kMostKeptOfFile + 1, 'x');
  scratch.write("mine/large.csv", large);
  InputFiles inputs({scratch.path / "own"});
  const InputFilesScope scope(&inputs);
  CHECK(inputs.whole(scratch / "mine/large.csv") == nullptr);
  CHECK(inputs.whole("/dev/null") == nullptr);
  CHECK(*inputs.whole(scratch / "mine/trace.csv") == "a,b\n");
  CHECK(inputs.whole(scratch / "own/part.toml") == nullptr);
  const std::vector<InputFile> all = inputs.all();
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "/dev/null");
  CHECK(all[0].hash.empty());
  CHECK(all[1].bytes == large.size());
  CHECK(all[1].hash == content_hash(large));
  CHECK_FALSE(all[1].kept);
  CHECK(input_on_disk(scratch / "mine/large.csv").hash == all[1].hash);
  CHECK(input_on_disk(scratch / "mine/none.csv").hash.empty());
}

}  // namespace polyfleet
