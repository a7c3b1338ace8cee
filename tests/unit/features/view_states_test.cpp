// SPDX-License-Identifier: Apache-2.0
#include "features/view_states.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace trowel::features {

TEST_CASE("filters and favourites outlive the window, each project and view its own") {
  test::TempDir folder;
  {
    ViewStates states(folder / "views");
    REQUIRE(states.change("/a", "v", [](ViewState& state) {
      state.name = "etl";
      state.filters["state"] = "running";
      state.favourites["https://one"] = {"x"};
    }));
    REQUIRE(states.change("/b", "v", [](ViewState& state) { state.name = "other"; }));
  }
  ViewStates states(folder / "views");
  auto state = states.get("/a", "v");
  CHECK(state.describeFilters() == "name: etl · state: running");
  CHECK(state.favourites.at("https://one") == std::vector<std::string>{"x"});
  CHECK(states.get("/a", "w") == ViewState{});
  CHECK(states.get("/b", "v").name == "other");
  CHECK(states.get("", "v") == ViewState{});
}

TEST_CASE("of two windows the later change counts, and nothing said leaves no file") {
  test::TempDir folder;
  ViewStates one(folder.path());
  ViewStates two(folder.path());
  REQUIRE(one.change("/a", "v", [](ViewState& state) { state.name = "one"; }));
  REQUIRE(two.change("/a", "w", [](ViewState& state) { state.name = "two"; }));
  REQUIRE(one.change("/a", "v", [](ViewState& state) { state.name.clear(); }));
  CHECK(one.get("/a", "w").name == "two");
  REQUIRE(one.change("/a", "w", [](ViewState& state) { state = {}; }));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a damaged file is as if nobody had said anything") {
  test::TempDir folder;
  REQUIRE(ViewStates(folder.path()).change("/a", "v", [](ViewState& state) { state.name = "x"; }));
  auto file = std::filesystem::directory_iterator(folder.path())->path().filename().string();
  for (const char* text : {"{", "[]", R"({"project":"file:///b"})",
                           R"({"project":"file:///a","views":{"v":{"name":7,"filters":[],"favourites":{"h":[1]}}}})"}) {
    INFO(text);
    folder.write(file, text);
    CHECK(ViewStates(folder.path()).get("/a", "v").name.size() < 2);
  }
}

}  // namespace trowel::features
