// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/file_watch.hpp"

#include <semaphore>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/files.hpp"

namespace trowel::os {

namespace {

struct Fixture {
  test::TempDir dir;
  std::counting_semaphore<> changes{0};
  std::unique_ptr<FileWatch> watch = FileWatch::create([this] { changes.release(); }).value();

  // Blocks until a change is told, and takes what else was told with it.
  void await() {
    changes.acquire();
    while (changes.try_acquire()) {
    }
  }
};

}  // namespace

TEST_CASE("a file that is written, replaced or removed is told") {
  Fixture f;
  f.dir.write("config", "1");
  f.watch->follow({f.dir / "config"});
  f.dir.write("config", "2");
  f.await();
  REQUIRE(replaceFile(f.dir / "config", "3"));
  f.await();
  REQUIRE(removeFile(f.dir / "config"));
  f.await();
}

TEST_CASE("a file may come into being later, with the folders above it") {
  Fixture f;
  f.watch->follow({f.dir / "a/b/config"});
  std::filesystem::create_directories(f.dir / "a/b");
  f.await();
  f.dir.write("a/b/config", "1");
  f.await();
}

TEST_CASE("of a link the file behind it is watched too") {
  Fixture f;
  f.dir.write("dotfiles/config", "1");
  std::filesystem::create_symlink(f.dir / "dotfiles/config", f.dir / "config");
  f.watch->follow({f.dir / "config"});
  f.dir.write("dotfiles/config", "2");
  f.await();
}

TEST_CASE("what comes to match a pattern is told, what does not is not") {
  Fixture f;
  f.watch->follow({f.dir / "targets/*.yml", f.dir / "literal[1].yml"});
  std::filesystem::create_directory(f.dir / "targets");
  f.await();
  f.dir.write("targets/a.txt", "1");
  f.dir.write("targets/.a.yml", "1");
  std::filesystem::create_directory(f.dir / "targets/a.yml");
  f.changes.acquire();
  CHECK_FALSE(f.changes.try_acquire());
  f.dir.write("literal[1].yml", "1");
  f.await();
}

TEST_CASE("neighbours, and files that are followed no longer, are not told") {
  Fixture f;
  f.watch->follow({f.dir / "old", f.dir / "sub/x"});
  f.watch->follow({f.dir / "config"});
  f.dir.write("old", "1");
  f.dir.write("neighbour", "1");
  std::filesystem::create_directory(
      f.dir / "config");  // one event; the events come in order: when this one is told, the others would have been
  f.changes.acquire();
  CHECK_FALSE(f.changes.try_acquire());
}

}  // namespace trowel::os
