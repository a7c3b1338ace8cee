// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "fleet.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

// A step of an installation takes ten seconds of the fleet's minute.
struct LibraryFixture : Fleet {
  emulator::test::Reply install(const std::string& id, const Json& libraries, const std::string& action = "install") {
    return client.post("/api/2.0/libraries/" + action, {{"cluster_id", id}, {"libraries", libraries}});
  }
  Json statuses(const std::string& id) {
    auto body = client.get("/api/2.0/libraries/cluster-status?cluster_id=" + id).body;
    CHECK(body.at("cluster_id") == id);
    return body.value("library_statuses", Json::array());
  }
  std::string status(const std::string& id) {
    auto all = statuses(id);
    REQUIRE(all.size() == 1);
    return all[0].at("status");
  }
  // A file in one of the trees that clusters see.
  void put(const std::string& path, const std::string& content) {
    auto file = folder.path / "root" / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }
  void putWheel(const std::string& path, const std::string& module, const std::string& source) {
    auto file = folder.path / "root" / path;
    std::filesystem::create_directories(file.parent_path());
    auto code = folder.path / (module + ".py");
    std::ofstream(code) << source;
    std::string command =
        "cd " + folder.path.string() + " && python3 -m zipfile -c " + file.string() + " " + module + ".py";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  static Json one(const char* kind, const Json& value) { return Json::array({Json{{kind, value}}}); }
};

}  // namespace

TEST_CASE_METHOD(LibraryFixture, "an installation goes through its steps") {
  putWheel("dbfs/libs/greeting-1.0-py3-none-any.whl", "greeting", "def hello(): return 'hello from a wheel'\n");
  auto id = createRunning();
  const Json wheel = one("whl", "dbfs:/libs/greeting-1.0-py3-none-any.whl");
  CHECK(statuses(id).empty());
  CHECK(install(id, wheel).body == Json::object());
  for (auto expected : {"PENDING", "RESOLVING", "INSTALLING", "INSTALLED", "INSTALLED"}) {
    CHECK(status(id) == expected);
    clock.advance(10s);
  }
  auto entry = statuses(id)[0];
  CHECK(entry.at("library") == wheel[0]);
  CHECK(entry.at("is_library_for_all_clusters") == false);
  CHECK_FALSE(entry.contains("messages"));
  CHECK(client.get("/api/2.0/libraries/all-cluster-statuses").body.at("statuses")[0].at("cluster_id") == id);

  CHECK(install(id, wheel).status == 200);
  CHECK(statuses(id).size() == 1);
  CHECK(install(id, wheel, "uninstall").body == Json::object());
  CHECK(status(id) == "UNINSTALL_ON_RESTART");
  act("restart", id);
  clock.advance(30s);
  CHECK(statuses(id).empty());
  CHECK(client.get("/api/2.0/libraries/all-cluster-statuses").body == Json::object());
}

TEST_CASE_METHOD(LibraryFixture, "libraries of a cluster that is off wait for its start") {
  put("Volumes/a/b/c/x.jar", "jar");
  auto id = create();
  install(id, one("jar", "/Volumes/a/b/c/x.jar"));
  CHECK(status(id) == "PENDING");
  clock.advance(90s);
  CHECK(status(id) == "INSTALLED");
  act("restart", id);
  CHECK(status(id) == "PENDING");
  clock.advance(30s);
  CHECK(status(id) == "PENDING");
  clock.advance(10s);
  CHECK(status(id) == "RESOLVING");
  reopen();
  clock.advance(20s);
  CHECK(status(id) == "INSTALLED");
  act("delete", id);
  CHECK(status(id) == "PENDING");
  install(id, one("jar", "/Volumes/a/b/c/x.jar"), "uninstall");
  CHECK(statuses(id).empty());
}

TEST_CASE_METHOD(LibraryFixture, "what cannot be had fails, and says why") {
  auto id = createRunning();
  put("Workspace/Users/a/broken.whl", "no zip");
  put("Workspace/Users/a/requirements.txt", "# nothing that exists\nno-such-package-here>=1\n");
  const std::pair<Json, const char*> cases[] = {
      {one("whl", "/Workspace/none.whl"), "DRIVER_LIBRARY_INSTALLATION_FAILURE"},
      {one("whl", "dbfs:/../../../etc/none.whl"), "No such file"},
      {one("whl", "abfss://c@a.example.com/none.whl"), "No such file"},
      {one("whl", "/Workspace/Users/a/broken.whl"), "not a valid wheel"},
      {one("pypi", {{"package", "no-such-package-here"}}), "ERROR_NO_MATCHING_DISTRIBUTION"},
      {one("pypi", {{"package", "pandas==0.0.0"}}), "ERROR_NO_MATCHING_DISTRIBUTION"},
      {one("pypi", {{"package", "--version"}}), "ERROR_NO_MATCHING_DISTRIBUTION"},
      {one("maven", {{"coordinates", "g:a:1"}}), "g:a:1"},
      {one("cran", {{"package", "forecast"}}), "forecast"},
      {one("requirements", "/Workspace/Users/a/requirements.txt"), "no-such-package-here"},
  };
  for (const auto& [library, words] : cases) install(id, library);
  clock.advance(30s);
  auto all = statuses(id);
  REQUIRE(all.size() == std::size(cases));
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO(all[i].dump());
    CHECK(all[i].at("status") == "FAILED");
    std::string message = all[i].at("messages")[0];
    CHECK(message.starts_with("Library installation attempted on the driver node of cluster " + id + " and failed."));
    CHECK(message.find(cases[i].second) != std::string::npos);
  }
}

TEST_CASE_METHOD(LibraryFixture, "a package that the interpreter has is installed already") {
  auto id = createRunning();
  put("Workspace/Users/a/requirements.txt", "pandas  # tables\n\nmatplotlib\n");
  install(id, Json::array(
                  {{{"pypi", {{"package", "pandas"}}}}, {{"requirements", "/Workspace/Users/a/requirements.txt"}}}));
  clock.advance(30s);
  for (const auto& entry : statuses(id)) CHECK(entry.at("status") == "INSTALLED");
}

TEST_CASE_METHOD(LibraryFixture, "a library is exactly one thing") {
  auto id = create();
  const Json bad[] = {Json::array({Json::object()}),
                      Json::array({{{"whl", "dbfs:/a.whl"}, {"jar", "dbfs:/a.jar"}}}),
                      one("whl", "a.whl"),
                      one("whl", "dbfs:/a.txt"),
                      one("whl", ""),
                      one("jar", "dbfs:/a.whl"),
                      one("pypi", Json::object()),
                      one("maven", {{"coordinates", "a"}}),
                      one("maven", {{"coordinates", "a::1"}}),
                      one("requirements", "/Workspace/a.whl")};
  for (const auto& libraries : bad) {
    INFO(libraries.dump());
    CHECK(install(id, libraries).errorCode() == "INVALID_PARAMETER_VALUE");
  }
  for (const auto& libraries : {Json("x"), Json::array({1}), one("whl", Json::object()), one("pypi", "pandas")}) {
    INFO(libraries.dump());
    CHECK(install(id, libraries).errorCode() == "MALFORMED_REQUEST");
  }
  CHECK(client.post("/api/2.0/libraries/install", {{"cluster_id", id}}).message() ==
        "Missing required field: libraries");
  CHECK(install("nope", Json::array()).message() == "Cluster nope does not exist");
  CHECK(client.get("/api/2.0/libraries/cluster-status?cluster_id=nope").message() == "Cluster nope does not exist");
  CHECK(install(id, one("jar", "dbfs:/never.jar"), "uninstall").status == 200);
}

TEST_CASE_METHOD(LibraryFixture, "a clone takes the libraries along") {
  auto source = create();
  install(source, one("pypi", {{"package", "pandas"}}));
  auto clone = create({{"clone_from", {{"source_cluster_id", source}}}});
  CHECK(statuses(clone)[0].at("library") == Json{{"pypi", {{"package", "pandas"}}}});
  act("permanent-delete", source);
  CHECK(statuses(clone).size() == 1);
}

TEST_CASE("code on a cluster imports what its libraries brought") {
  TemporaryFolder folder;
  auto emulator = std::move(Emulator::start({.dataDir = folder.path}).value());
  WorkspaceClient client(*emulator);
  const auto module = folder.path / "greeting.py";
  std::ofstream(module) << "WORD = 'hello from a wheel'\n";
  const std::string command = "cd " + folder.path.string() + " && mkdir -p root/dbfs && python3 -m zipfile -c " +
                              "root/dbfs/greeting-1-py3-none-any.whl greeting.py && rm greeting.py";
  REQUIRE(std::system(command.c_str()) == 0);
  const Json wheel{{"whl", "dbfs:/greeting-1-py3-none-any.whl"}};
  std::string cluster = createCluster(client);
  client.post("/api/2.0/libraries/install", {{"cluster_id", cluster}, {"libraries", {wheel}}});
  CommandContext context(*emulator, cluster);
  CHECK(context.text("import greeting\ngreeting.WORD") == "'hello from a wheel'");
}
