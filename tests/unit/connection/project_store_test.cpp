// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/project_store.hpp"

#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/files.hpp"

namespace trowel::connection {

namespace {

// A window: all of one user's have their stores in the same folder.
struct Window {
  ProjectStore store;
  core::Clock& clock = core::systemClock();

  explicit Window(const test::TempDir& home) : store(home / "projects") {}

  core::Result<void> keep(const std::string& project, const ProjectChoice& choice) const {
    return store.update(project, clock, {}, [&](ProjectChoice& kept) { kept = choice; });
  }
  core::Result<void> connect(const std::string& project, const std::string& id) const {
    return store.update(project, clock, {}, [&](ProjectChoice& kept) { kept.connection.value = id; });
  }
  core::Result<void> attach(const std::string& project, const std::string& id) const {
    return store.update(project, clock, {}, [&](ProjectChoice& kept) { kept.cluster.value = id; });
  }
};

std::vector<std::string> choicesIn(const test::TempDir& home) {
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(home / "projects"))
    if (file.path().extension() == ".json") files.push_back(file.path());
  return files;
}

}  // namespace

TEST_CASE("what was chosen for a project is there in the next session, and only for that project") {
  test::TempDir home;
  ProjectChoice choice{.connection = {"profile:DEV", "profile:TEAM"},
                       .cluster = {"0101-1", ""},
                       .warehouse = {"w", ""},
                       .sqlCluster = {"0202-2", ""},
                       .subfolders = {"etl/ä b"}};
  REQUIRE(Window(home).keep("/p", choice));
  CHECK(Window(home).store.read("/p") == choice);
  CHECK(Window(home).store.read("/q") == ProjectChoice{});
}

TEST_CASE("a choice stands until the setting or the connection's source says something else") {
  using connection::Chosen;
  struct Case {
    const char* setting;  // when it was made
    const char* source;
    const char* settingNow;
    const char* sourceNow;
    const char* counts;
  };
  for (const auto& each :
       {Case{"", "", "", "", "mine"}, Case{"", "", "", "theirs", "theirs"}, Case{"", "", "set", "theirs", "set"},
        Case{"", "theirs", "", "theirs", "mine"}, Case{"", "theirs", "", "", "mine"},
        Case{"", "theirs", "", "another", "another"}, Case{"", "theirs", "set", "theirs", "set"},
        Case{"set", "theirs", "set", "another", "mine"}, Case{"set", "theirs", "other", "theirs", "other"},
        Case{"set", "", "", "", ""}, Case{"set", "theirs", "", "theirs", "theirs"}}) {
    INFO(each.setting << " | " << each.source << " | " << each.settingNow << " | " << each.sourceNow);
    auto chosen = Chosen::instead("mine", each.setting, each.source);
    CHECK(chosen.against(each.settingNow, each.sourceNow) == each.counts);
  }
  CHECK(Chosen{}.against("", "theirs") == "theirs");
  CHECK(Chosen{}.against("set", "theirs") == "set");
}

TEST_CASE("a project for which nothing is chosen any more leaves no file") {
  test::TempDir home;
  Window window(home);
  REQUIRE(window.keep("/p", {.connection = {"demo", ""}}));
  REQUIRE(window.keep("/p", {}));
  CHECK(choicesIn(home).empty());
  CHECK(window.keep("/never", {}));
}

TEST_CASE("a damaged file is no choice, and the next one replaces it") {
  test::TempDir home;
  Window window(home);
  REQUIRE(window.keep("/p", {.connection = {"demo", ""}}));
  for (const auto& file : choicesIn(home)) REQUIRE(os::replaceFile(file, "{\"path\":"));
  CHECK(window.store.read("/p") == ProjectChoice{});
  REQUIRE(window.keep("/p", {.connection = {"profile:A", ""}}));
  CHECK(window.store.read("/p").connection.value == "profile:A");
}

TEST_CASE("of two windows the last choice wins for its own project, and none is lost") {
  test::TempDir home;
  Window first(home);
  Window second(home);
  REQUIRE(first.connect("/p", "profile:A"));
  REQUIRE(second.connect("/p", "profile:B"));
  REQUIRE(second.connect("/q", "profile:C"));
  // What the first window does not choose stays as the second has it.
  REQUIRE(first.attach("/p", "0101-1"));
  for (const auto* window : {&first, &second}) {
    CHECK(window->store.read("/p").connection.value == "profile:B");
    CHECK(window->store.read("/p").cluster.value == "0101-1");
    CHECK(window->store.read("/q").connection.value == "profile:C");
  }
}

TEST_CASE("windows that choose at the same time keep all that they chose") {
  test::TempDir home;
  constexpr std::size_t kRounds = 50;
  std::vector<std::thread> windows;
  for (const std::string number : {"0", "1", "2", "3"}) {
    windows.emplace_back([&home, number] {
      test::ManualClock clock;
      clock.advanceOnWait();  // waits for the lock without a sleep
      Window window(home);
      for (std::size_t round = 0; round < kRounds; ++round) {
        // Each a project of its own, and each a part of one that all share.
        auto done = window.store.update("/own/" + number, clock, {},
                                        [&](ProjectChoice& kept) { kept.connection.value += "."; });
        auto shared =
            window.store.update("/shared", clock, {}, [&](ProjectChoice& kept) { kept.subfolders.push_back(number); });
        if (!done || !shared) std::abort();
      }
    });
  }
  for (auto& window : windows) window.join();
  const ProjectStore store(home / "projects");
  for (const std::string number : {"0", "1", "2", "3"})
    CHECK(store.read("/own/" + number).connection.value == std::string(kRounds, '.'));
  CHECK(store.read("/shared").subfolders.size() == 4 * kRounds);
}

TEST_CASE("a choice that waits for another window ends with its session") {
  test::TempDir home;
  Window window(home);
  REQUIRE(window.connect("/p", "profile:A"));
  auto other = os::FileLock::tryAcquire(home / "projects/lock", os::LockMode::Exclusive);
  REQUIRE(other);
  core::CancelSource ending;
  ending.cancel(core::CancelReason::Shutdown);
  auto kept = window.store.update("/p", window.clock, ending.token(), [](ProjectChoice& choice) { choice = {}; });
  CHECK(kept.error().code == core::ErrorCode::Cancelled);
  CHECK(window.store.read("/p").connection.value == "profile:A");
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
