// SPDX-License-Identifier: Apache-2.0
#include "features/storage/opened_copies.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/files.hpp"

using namespace trowel;
using namespace trowel::features;

TEST_CASE("a copy stays for the version that it is of") {
  test::TempDir dir;
  test::ManualClock clock;
  OpenedCopies copies(dir / "opened", clock);
  const auto place = copies.place("dbfs /tmp/a.csv 1", "a.csv").value();
  CHECK_FALSE(place.isThere);
  CHECK(place.file == place.folder + "/a.csv");
  namespace fs = std::filesystem;
  CHECK((fs::status(place.folder).permissions() & fs::perms::mask) == fs::perms::owner_all);
  REQUIRE(os::replaceFile(place.file, "1"));
  REQUIRE(OpenedCopies::seal(place));
  CHECK((fs::status(place.file).permissions() & fs::perms::mask) == fs::perms::owner_read);
  CHECK(copies.place("dbfs /tmp/a.csv 1", "a.csv")->isThere);
  CHECK_FALSE(copies.place("dbfs /tmp/a.csv 2", "a.csv")->isThere);
}

TEST_CASE("copies that nobody has opened for days are removed") {
  test::TempDir dir;
  test::ManualClock clock;
  OpenedCopies copies(dir / "opened", clock);
  const auto old = copies.place("old", "a").value();
  const auto used = copies.place("used", "a").value();
  clock.advance(std::chrono::hours(48));
  REQUIRE(copies.place("used", "a"));
  clock.advance(std::chrono::hours(48));
  REQUIRE(copies.place("new", "a"));
  CHECK_FALSE(os::pathExists(old.folder));
  CHECK(os::pathExists(used.folder));
}
