// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/libraries.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("libraries of every kind are read with their state") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/libraries/cluster-status?cluster_id=c")
      .reply(200, R"({"cluster_id":"c","library_statuses":[
        {"library":{"pypi":{"package":"x==1","repo":"https://r"}},"status":"INSTALLED","is_library_for_all_clusters":true},
        {"library":{"whl":"/Volumes/a/b/c.whl"},"status":"FAILED","messages":["no such file"]},
        {"library":{"maven":{"coordinates":"g:a:v","exclusions":["g:b"],"mirror":1}},"status":"PENDING"},
        {"library":{"hologram":{"depth":3}},"status":"RESOLVING"}]})");
  auto libraries = Libraries(scripted.rest).list("c").all();
  REQUIRE(libraries);
  REQUIRE(libraries->size() == 4);
  CHECK(libraries->at(0).library.type == "pypi");
  CHECK(libraries->at(0).library.name == "x==1");
  CHECK(libraries->at(0).library.repo == "https://r");
  CHECK(libraries->at(0).onAllClusters);
  CHECK(libraries->at(1).library.type == "whl");
  CHECK(libraries->at(1).library.name == "/Volumes/a/b/c.whl");
  CHECK(libraries->at(1).messages == std::vector<std::string>{"no such file"});
  CHECK(libraries->at(2).library.exclusions == std::vector<std::string>{"g:b"});
  CHECK(libraries->at(3).library.type == "hologram");

  // What was read goes back as it was, with what Trowel does not know.
  scripted.http.on("POST", "/api/2.0/libraries/uninstall").withJson(R"({"cluster_id":"c","libraries":[
        {"maven":{"coordinates":"g:a:v","exclusions":["g:b"],"mirror":1}},{"hologram":{"depth":3}}]})");
  const std::vector<Library> gone = {libraries->at(2).library, libraries->at(3).library};
  CHECK(Libraries(scripted.rest).uninstall("c", gone));
}

TEST_CASE("libraries are installed in the API's shapes, again after a lost answer") {
  test::ScriptedWorkspace scripted;
  const char* wire = R"({"cluster_id":"c","libraries":[{"whl":"/w"},{"pypi":{"package":"x"}},
    {"maven":{"coordinates":"g:a:v","repo":"r","exclusions":["g:b"]}},{"requirements":"/r.txt"}]})";
  scripted.http.on("POST", "/api/2.0/libraries/install").withJson(wire).drop();
  scripted.http.on("POST", "/api/2.0/libraries/install").withJson(wire);
  const std::vector<Library> wanted = {{.type = "whl", .name = "/w"},
                                       {.type = "pypi", .name = "x"},
                                       {.type = "maven", .name = "g:a:v", .repo = "r", .exclusions = {"g:b"}},
                                       {.type = "requirements", .name = "/r.txt"}};
  CHECK(Libraries(scripted.rest).install("c", wanted));
}

TEST_CASE("libraries of all clusters, and a cluster that does not exist is NotFound") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/libraries/all-cluster-statuses")
      .reply(200, R"({"statuses":[{"cluster_id":"c","library_statuses":[{"library":{"jar":"dbfs:/x.jar"}}]},{}]})");
  auto all = Libraries(scripted.rest).listAll().all();
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK(all->at(0).libraries.at(0).library.name == "dbfs:/x.jar");
  scripted.http.on("GET", "/api/2.0/libraries/cluster-status?cluster_id=x")
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Cluster x does not exist"})");
  CHECK(Libraries(scripted.rest).list("x").all().error().code == ErrorCode::NotFound);
}
