// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/part_file.hpp"

#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/file_reader.hpp"
#include "trowel/os/files.hpp"

using namespace trowel;
using namespace trowel::os;
using core::ErrorCode;

namespace {

struct Fixture {
  test::TempDir dir;
  Directory folder = Directory::open(dir.path()).value();
  const std::string name = partName("what");

  std::size_t count() const { return folder.entries()->size(); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a part takes its place when it is complete, with its time") {
  auto part = PartFile::open(folder, name).value();
  CHECK(isPartName(name));
  REQUIRE(part.append("hello "));
  REQUIRE(part.append("world"));
  CHECK_FALSE(pathExists(dir / "a"));
  const auto stamp = part.place("a", std::nullopt, 1'700'000'000'123'000'000).value();
  CHECK(dir.read("a") == "hello world");
  CHECK(stamp == folder.info("a")->stamp);
  CHECK(stamp.mtime == 1'700'000'000'123'000'000);
  CHECK(count() == 1);
}

TEST_CASE_METHOD(Fixture, "the next process goes on with a part, but not two at once") {
  {
    auto part = PartFile::open(folder, name).value();
    REQUIRE(part.append("hello "));
    CHECK(PartFile::open(folder, name).error().message ==
          "Another transfer writes the same file in " + dir.path() + ". Wait for it to end.");
    PartFile::removeStale(folder, name);
    CHECK(count() == 1);
  }
  auto part = PartFile::open(folder, name).value();
  CHECK(part.size() == 6);
  REQUIRE(part.append("world"));
  dir.write("a", "hello world");
  CHECK(part.equals("a", {}) == true);
  dir.write("a", "hello worlD");
  CHECK(part.equals("a", {}) == false);
  dir.write("a", "hello world!");
  CHECK(part.equals("a", {}) == false);
  REQUIRE(part.restart());
  CHECK(part.size() == 0);
  part.discard();
  CHECK(count() == 1);
}

TEST_CASE_METHOD(Fixture, "a part that nobody writes is cleared away") {
  {
    REQUIRE(PartFile::open(folder, name)->append("x"));
  }
  PartFile::removeStale(folder, name);
  CHECK(count() == 0);
}

TEST_CASE_METHOD(Fixture, "nothing is replaced but the version that was meant") {
  dir.write("a", "old");
  ::chmod((dir / "a").c_str(), 0640);
  const auto meant = folder.info("a")->stamp;
  auto part = PartFile::open(folder, name).value();
  REQUIRE(part.append("new"));
  CHECK(part.place("a", std::nullopt, 0).error().code == ErrorCode::AlreadyExists);
  dir.write("a", "other");
  CHECK(part.place("a", meant, 0).error().message ==
        dir / "a" + " has come up or was changed while it was transferred.");
  CHECK(dir.read("a") == "other");
  REQUIRE(part.place("a", folder.info("a")->stamp, 0));
  CHECK(dir.read("a") == "new");
  struct stat status{};
  REQUIRE(::stat((dir / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE_METHOD(Fixture, "a link in the place of a part or of its target is not followed") {
  std::filesystem::create_symlink("/etc/passwd", dir / name);
  CHECK_FALSE(PartFile::open(folder, name));
  std::filesystem::remove(dir / name);
  std::filesystem::create_symlink("elsewhere", dir / "a");
  auto part = PartFile::open(folder, name).value();
  CHECK(part.place("a", std::nullopt, 0).error().code == ErrorCode::AlreadyExists);
  CHECK_FALSE(pathExists(dir / "elsewhere"));
}

TEST_CASE_METHOD(Fixture, "folders are made beneath another one, never through a link") {
  REQUIRE(folder.makeChild("a/b/c"));
  REQUIRE(folder.makeChild("a/b/c"));
  REQUIRE(folder.makeChild(""));
  CHECK(std::filesystem::is_directory(dir / "a/b/c"));
  std::filesystem::create_directory_symlink("/tmp", dir / "link");
  dir.write("file", "");
  CHECK(folder.makeChild("link/x").error().code == ErrorCode::NotFound);
  CHECK(folder.makeChild("file/x").error().code == ErrorCode::NotFound);
  CHECK(folder.makeChild("../x").error().code == ErrorCode::InvalidParams);
  REQUIRE(Directory::make(dir / "n/e/w"));
  CHECK(std::filesystem::is_directory(dir / "n/e/w"));
  CHECK(folder.ignoresCase() == false);
  CHECK(folder.sync());
}

TEST_CASE_METHOD(Fixture, "a file that is changed while it is read does not give its end away") {
  dir.write("a", std::string(1000, 'x'));
  auto reader = FileReader::open(folder, "a").value();
  std::string buffer(600, '\0');
  CHECK(reader.read(buffer) == 600);
  dir.write("a", std::string(1000, 'y'));
  CHECK(reader.read(buffer).error().message == dir / "a" + " was changed while it was read.");
  auto again = FileReader::open(folder, "a").value();
  CHECK(again.read(buffer) == 600);
  REQUIRE(again.rewind());
  CHECK(again.read(buffer) == 600);
  CHECK(again.read(buffer) == 400);
  CHECK(again.read(buffer) == 0);
}
