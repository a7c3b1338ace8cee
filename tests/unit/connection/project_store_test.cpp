// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/project_store.hpp"

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/files.hpp"

namespace trowel::connection {

TEST_CASE("what was chosen for a project is there in the next session, and only for that project") {
  test::TempDir home;
  ProjectChoice choice{.connection = {"profile:DEV", "profile:TEAM"},
                       .cluster = {"0101-1", ""},
                       .warehouse = {"w", ""},
                       .subfolders = {"etl/ä b"}};
  REQUIRE(ProjectStore(home / "projects").write("/p", choice));
  CHECK(ProjectStore(home / "projects").read("/p") == choice);
  CHECK(ProjectStore(home / "projects").read("/q") == ProjectChoice{});
}

TEST_CASE("a project for which nothing is chosen any more leaves no file") {
  test::TempDir home;
  ProjectStore store(home / "projects");
  REQUIRE(store.write("/p", {.connection = {"demo", ""}}));
  REQUIRE(store.write("/p", {}));
  CHECK(std::filesystem::is_empty(home / "projects"));
  CHECK(store.write("/never", {}));
}

TEST_CASE("a damaged file is no choice, and the next one replaces it") {
  test::TempDir home;
  ProjectStore store(home / "projects");
  REQUIRE(store.write("/p", {.connection = {"demo", ""}}));
  for (const auto& file : std::filesystem::directory_iterator(home / "projects"))
    REQUIRE(os::replaceFile(file.path(), "{\"path\":"));
  CHECK(store.read("/p") == ProjectChoice{});
  REQUIRE(store.write("/p", {.connection = {"profile:A", ""}}));
  CHECK(store.read("/p").connection.value == "profile:A");
}

TEST_CASE("a choice beside a setting counts until the setting says something else") {
  CHECK(Chosen{}.against("") == "");
  CHECK(Chosen{}.against("profile:TEAM") == "profile:TEAM");
  CHECK(Chosen{"demo", ""}.against("") == "demo");
  CHECK(Chosen{"demo", "profile:TEAM"}.against("profile:TEAM") == "demo");
  CHECK(Chosen{"", "profile:TEAM"}.against("profile:TEAM") == "");
  CHECK(Chosen{"demo", "profile:TEAM"}.against("profile:NEW") == "profile:NEW");
  CHECK(Chosen{"demo", ""}.against("profile:NEW") == "profile:NEW");
}

}  // namespace trowel::connection
