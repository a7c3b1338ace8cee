// SPDX-License-Identifier: Apache-2.0
// Files that connections are written down in: what cannot be read, and what comes and goes.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "support/connecting.hpp"
#include "support/editor_settings.hpp"

namespace trowel::test {

namespace {

namespace fs = std::filesystem;

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

// "settings:shop profile:! demo": what can be chosen, with a mark where there is a problem.
std::string outlineOf(const Json& list) {
  std::string outline;
  for (const auto& each : list.at("connections"))
    outline += (outline.empty() ? "" : " ") + each.at("id").get<std::string>() + (each.contains("problem") ? "!" : "");
  return outline;
}

}  // namespace

TEST_CASE("a configuration file that cannot be read takes no other connection with it, and says what to do") {
  auto emulator = start("ada@example.com");
  TempDir home;
  TempDir project;
  const auto file = home / "databrickscfg";
  const DaemonHarness::Profile profile = profileOf("DEV", *emulator);
  const auto whole = "[DEV]\nhost = " + profile.host + "\ntoken = " + profile.token + "\n";
  {
    home.write("databrickscfg", whole);
    DaemonHarness daemon({.emulator = false, .home = home.path()});
    open(daemon, {project.path()});
    daemon.request("trowel/connection/select", {{"id", "profile:DEV"}});
  }
  struct Row {
    const char* name;
    std::function<void()> spoil;
    std::string outline;
    std::string id;  // of the row that tells
    std::string problem;
  };
  const std::vector<Row> rows = {
      {"a folder", [&] { fs::create_directory(file); }, "settings:shop profile:! demo", "profile:",
       "The configuration file ~/databrickscfg cannot be used. " + file +
           " is not a regular file. Put a file in its place, or name another one in DATABRICKS_CONFIG_FILE."},
      {"UTF-16", [&] { home.write("databrickscfg", std::string("\xFF\xFE[\0", 4)); }, "settings:shop profile:! demo",
       "profile:", "The configuration file ~/databrickscfg is UTF-16 text. Save it as UTF-8."},
      {"Latin-1",
       [&] { home.write("databrickscfg", "[DEV]\nhost = h\ntoken = B\xFCro\n[b]\nhost = https://b.example\n"); },
       "settings:shop profile:DEV! profile:b demo", "profile:DEV",
       "~/databrickscfg:3 is not UTF-8 text. Save the file as UTF-8."},
      {"a broken line", [&] { home.write("databrickscfg", "what\n[DEV]\nis this\n[b]\nhost = https://b.example\n"); },
       "settings:shop profile:DEFAULT! profile:DEV! profile:b demo", "profile:DEV",
       "~/databrickscfg:3 cannot be understood: it is no 'key = value', no comment and no [profile]. Correct or remove "
       "it."},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    fs::remove_all(file);
    row.spoil();
    DaemonHarness daemon({.emulator = false, .home = home.path()});
    EditorSettings settings(daemon.editor(), "user");
    settings.set("trowel.connections", Json::array({{{"name", "shop"}, {"host", emulator->host()}}}));
    open(daemon, {project.path()});
    // What was chosen in an earlier session.
    auto status = daemon.request("trowel/connection/status");
    CHECK(status["state"] == "failed");
    CHECK(status["message"].get<std::string>().starts_with(row.problem));
    CHECK(outlineOf(daemon.request("trowel/connection/list")) == row.outline);
    for (const auto& node :
         daemon.request("trowel/tree/children", {{"view", std::string(view::kConnections)}})["nodes"])
      if (node["id"] == row.id && node["contextValue"].get<std::string>().find("failed") == std::string::npos) {
        CHECK(node["icon"] == "warning");
        CHECK(node["description"] == row.problem);
        CHECK(node["contextValue"].get<std::string>().find("own") == std::string::npos);
      }
    // Mended, it counts at once.
    fs::remove_all(file);
    home.write("databrickscfg", whole);
    awaitState(daemon, "ready");
  }
}

TEST_CASE("a configuration file of somebody else takes no other connection with it") {
  TempDir home;
  home.write("databrickscfg", "[DEV]\nhost = https://dev.example\n");
  DaemonHarness daemon({.emulator = false, .home = home.path()});
  daemon.initialize();
  CHECK(outlineOf(daemon.request("trowel/connection/list")) == "profile:DEV demo");
  REQUIRE(::chmod((home / "databrickscfg").c_str(), 0) == 0);
  REQUIRE(::chmod(home.path().c_str(), 0755) == 0);
  Json list;
  {
    Unprivileged user;
    list = daemon.request("trowel/connection/list");
  }
  CHECK(outlineOf(list) == "profile:! demo");
  CHECK(list["connections"][0]["problem"] ==
        "You may not read the configuration file ~/databrickscfg. Make it yours: chown $USER and chmod 600 it.");
}

TEST_CASE("files that a bundle includes are followed like the bundle, also those that come later") {
  auto dev = start("dev@example.com");
  auto test = start("test@example.com");
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("DEV", *dev), profileOf("TEST", *test)});
  const auto target = [](const char* profile) {
    return std::string("targets:\n  dev:\n    default: true\n    workspace:\n      profile: ") + profile + "\n";
  };
  daemon.folder.write("databricks.yml", "bundle:\n  name: shop\ninclude:\n  - resources/*/*.yml\n");
  daemon.folder.write("resources/a/dev.yml", target("DEV"));
  daemon.initialize();
  CHECK(daemon.request("trowel/connection/select", {{"id", "project:dev"}})["user"] == "dev@example.com");
  daemon.folder.write("resources/a/dev.yml", target("TEST"));
  daemon.editor().await("trowel/connection/changed",
                        [](const Json& params) { return params.value("user", "") == "test@example.com"; });
  daemon.editor().forget();
  fs::remove_all(daemon.folder / "resources/a");
  awaitState(daemon, "failed");
  daemon.editor().forget();
  daemon.folder.write("resources/b/later.yml", target("DEV"));
  CHECK(awaitState(daemon, "ready")["user"] == "dev@example.com");
}

}  // namespace trowel::test
