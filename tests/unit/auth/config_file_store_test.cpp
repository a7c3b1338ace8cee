// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/config_file_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

namespace trowel::auth {

namespace {

namespace fs = std::filesystem;

struct Fixture {
  test::TempDir home;
  test::ManualClock clock;
  std::string path = home / ".databrickscfg";

  core::Result<void> change(const std::function<core::Result<void>(ConfigFile&)>& edit) {
    return changeConfigFile(path, home.path(), home / "state", clock, {}, edit);
  }
  static core::Result<void> setToken(ConfigFile& file) { return file.set("a", "token", "t"); }
};

// Root may read everything, so it is somebody else for a moment.
struct Unprivileged {
  Unprivileged() {
    if (::getuid() == 0) REQUIRE(::seteuid(65534) == 0);
  }
  ~Unprivileged() {
    if (::getuid() == 0 && ::seteuid(0) != 0) std::abort();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
};

unsigned modeOf(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("the place of the configuration file") {
  auto at = [](const char* value) {
    return configFilePath(
        [&](const std::string& name) {
          return name == "DATABRICKS_CONFIG_FILE" && value ? std::optional<std::string>(value) : std::nullopt;
        },
        "/home/me");
  };
  CHECK(at(nullptr) == "/home/me/.databrickscfg");
  CHECK(at("") == "/home/me/.databrickscfg");
  CHECK(at("/etc/x") == "/etc/x");
  CHECK(at("~/x") == "/home/me/x");
  CHECK(at("~other/x") == "~other/x");
  CHECK(configFilePath({}, "/h") == "/h/.databrickscfg");
  CHECK(shownPath("/home/me/x", "/home/me") == "~/x");
  CHECK(shownPath("/home/mel/x", "/home/me") == "/home/mel/x");
}

TEST_CASE("a missing configuration file is an empty one, an unreadable one is said") {
  Fixture f;
  auto none = readConfigFile(f.path, f.home.path());
  REQUIRE(none);
  CHECK(none->sections().empty());
  f.home.write(".databrickscfg", "[a]\nhost = h\n");
  CHECK(readConfigFile(f.path, f.home.path())->find("a")->line == 1);
  ::chmod(f.path.c_str(), 0);
  {
    Unprivileged user;
    CHECK(readConfigFile(f.path, f.home.path()).error().message ==
          "You may not read the configuration file ~/.databrickscfg. Make it yours: chown $USER and chmod 600 it.");
  }
  fs::remove(f.path);
  fs::create_directory(f.path);
  CHECK(readConfigFile(f.path, f.home.path()).error().message ==
        "The configuration file ~/.databrickscfg cannot be used. " + f.path +
            " is not a regular file. Put a file in its place, or name another one in DATABRICKS_CONFIG_FILE.");
  fs::remove(f.path);
  f.home.write(".databrickscfg", std::string("\xFF\xFE[\0a\0]\0", 8));
  CHECK(readConfigFile(f.path, f.home.path()).error().message ==
        "The configuration file ~/.databrickscfg is UTF-16 text. Save it as UTF-8.");
}

TEST_CASE("a change replaces the file, keeps or tightens its mode, and leaves nothing beside it") {
  Fixture f;
  REQUIRE(f.change([](ConfigFile& file) { return file.addProfile("a"); }));
  CHECK(modeOf(f.path) == 0600);
  ::chmod(f.path.c_str(), 0644);
  REQUIRE(f.change(Fixture::setToken));
  CHECK(modeOf(f.path) == 0600);
  ::chmod(f.path.c_str(), 0400);
  REQUIRE(f.change([](ConfigFile& file) { return file.set("a", "token", "u"); }));
  CHECK(modeOf(f.path) == 0400);
  CHECK(f.home.read(".databrickscfg") == "[a]\ntoken = u\n");
  std::vector<std::string> there;
  for (const auto& entry : fs::directory_iterator(f.home.path())) there.push_back(entry.path().filename());
  std::ranges::sort(there);
  CHECK(there == std::vector<std::string>{".databrickscfg", "state"});
}

TEST_CASE("a change that changes nothing writes nothing, and a failed one neither") {
  Fixture f;
  f.home.write(".databrickscfg", "[a]\ntoken = t\n");
  auto before = fs::last_write_time(f.path);
  REQUIRE(f.change(Fixture::setToken));
  CHECK_FALSE(f.change([](ConfigFile& file) -> core::Result<void> {
    REQUIRE(file.addProfile("b"));
    return core::fail(core::ErrorCode::Cancelled, "no");
  }));
  CHECK(fs::last_write_time(f.path) == before);
  CHECK(f.home.read(".databrickscfg") == "[a]\ntoken = t\n");
}

TEST_CASE("a symbolic link stays one, wherever it leads") {
  Fixture f;
  f.home.write("dotfiles/cfg", "[a]\n");
  fs::create_symlink("dotfiles/cfg", f.path);
  REQUIRE(f.change(Fixture::setToken));
  CHECK(fs::is_symlink(f.path));
  CHECK(f.home.read("dotfiles/cfg") == "[a]\ntoken = t\n");
  fs::remove(f.home / "dotfiles/cfg");
  REQUIRE(f.change([](ConfigFile& file) { return file.addProfile("b"); }));
  CHECK(fs::is_symlink(f.path));
  CHECK(f.home.read("dotfiles/cfg") == "[b]\n");
  fs::remove(f.path);
  fs::create_symlink(".databrickscfg", f.path);
  CHECK(f.change(Fixture::setToken).error().message ==
        f.path + " is a symbolic link that leads nowhere. Correct or remove the link.");
}

TEST_CASE("a link out of a folder that is a link itself leads where the system says") {
  Fixture f;
  f.home.write("disk/me/keep", "");
  f.home.write("disk/dotfiles/cfg", "[a]\nhost = h\n");
  fs::create_directory_symlink(f.home / "disk/me", f.home / "me");
  fs::create_symlink("../dotfiles/cfg", f.home / "disk/me/.databrickscfg");
  f.path = f.home / "me/.databrickscfg";
  REQUIRE(f.change(Fixture::setToken));
  CHECK(f.home.read("disk/dotfiles/cfg") == "[a]\nhost = h\ntoken = t\n");
}

TEST_CASE("what another tool writes in between is not lost") {
  Fixture f;
  f.home.write(".databrickscfg", "[a]\n");
  int rounds = 0;
  REQUIRE(f.change([&](ConfigFile& file) {
    if (++rounds == 1) f.home.write(".databrickscfg", "[a]\n[theirs]\n");
    return Fixture::setToken(file);
  }));
  CHECK(rounds == 2);
  CHECK(f.home.read(".databrickscfg") == "[a]\ntoken = t\n[theirs]\n");
  auto never = f.change([&](ConfigFile& file) {
    f.home.write(".databrickscfg", "[a]\n" + std::string(static_cast<std::size_t>(++rounds), '#') + "\n");
    return file.set("a", "token", "u");
  });
  REQUIRE_FALSE(never);
  CHECK(never.error().message == "Another program writes ~/.databrickscfg all the time. Try again later.");
}

TEST_CASE("many Trowels that change one file lose nothing of each other") {
  Fixture f;
  f.clock.advanceOnWait();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&f, t] {
      for (int i = 0; i < 10; ++i)
        static_cast<void>(
            f.change([&](ConfigFile& file) { return file.addProfile(std::to_string(t) + "-" + std::to_string(i)); }));
    });
  for (auto& thread : threads) thread.join();
  CHECK(readConfigFile(f.path, f.home.path())->sections().size() == 40);
}

TEST_CASE("waiting for another Trowel ends with the cancel") {
  Fixture f;
  core::CancelSource stop;
  auto nested = f.change([&](ConfigFile&) -> core::Result<void> {
    stop.cancel(core::CancelReason::Client);
    auto inner = changeConfigFile(f.path, f.home.path(), f.home / "state", f.clock, stop.token(), Fixture::setToken);
    CHECK(inner.error().code == core::ErrorCode::Cancelled);
    return {};
  });
  CHECK(nested);
}

}  // namespace trowel::auth
