// SPDX-License-Identifier: Apache-2.0
#include "trowel/kernel/cluster_start.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::kernel;
using core::ErrorCode;

namespace {

constexpr auto kGet = "/api/2.1/clusters/get?cluster_id=c1";

struct Fixture : test::ScriptedWorkspace {
  void state(const std::string& state, const std::string& message = "") {
    http.on("GET", kGet)
        .reply(200, R"({"cluster_id":"c1","cluster_name":"ada dev","state":")" + state + R"(","state_message":")" +
                        message + "\"}");
  }
  core::Result<void> ensure(ClusterStartOptions options = {}) {
    options.onProgress = [this](const databricks::Cluster& cluster) {
      shown.push_back(cluster.state + " " + cluster.stateMessage);
    };
    return ensureRunning(rest, "c1", {clock, timer, [] { return 0.5; }}, options);
  }
  core::Timer timer{clock};
  std::vector<std::string> shown;
};

}  // namespace

TEST_CASE("a running cluster is left alone") {
  Fixture fixture;
  fixture.state("RESIZING");
  CHECK(fixture.ensure());
  CHECK(fixture.clock.waits().empty());
}

TEST_CASE("a terminated cluster is started and waited for") {
  Fixture fixture;
  fixture.state("TERMINATED", "Terminated by user");
  fixture.http.on("POST", "/api/2.1/clusters/start").withJson(R"({"cluster_id":"c1"})");
  fixture.state("TERMINATED", "Terminated by user");
  fixture.state("PENDING", "Finding instances");
  fixture.http.on("GET", kGet).drop(http::Stage::Connect);
  fixture.state("PENDING", "Finding instances");
  fixture.state("RUNNING");
  CHECK(fixture.ensure());
  CHECK(fixture.shown ==
        std::vector<std::string>{"TERMINATED Terminated by user", "PENDING Finding instances", "RUNNING "});
}

TEST_CASE("a terminating cluster is started once it is down, and a start by somebody else is as good") {
  Fixture fixture;
  fixture.state("TERMINATING");
  fixture.state("TERMINATED");
  fixture.http.on("POST", "/api/2.1/clusters/start")
      .reply(400, R"({"error_code":"INVALID_STATE","message":"Cluster c1 is in unexpected state Pending."})");
  fixture.state("RUNNING");
  CHECK(fixture.ensure());
}

TEST_CASE("a cluster that dies on its way up says why") {
  Fixture fixture;
  fixture.state("PENDING");
  fixture.state("TERMINATED", "Quota exceeded.");
  auto result = fixture.ensure();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::Conflict);
  CHECK(result.error().message.find("The cluster ada dev did not start: Quota exceeded.") == 0);
}

TEST_CASE("a cluster that is unknown or may not be started ends the wait at once") {
  Fixture fixture;
  fixture.http.on("GET", kGet)
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Cluster c1 does not exist"})");
  CHECK(fixture.ensure().error().code == ErrorCode::NotFound);
  fixture.state("TERMINATED");
  fixture.http.on("POST", "/api/2.1/clusters/start")
      .reply(403, R"({"error_code":"PERMISSION_DENIED","message":"No."})");
  CHECK(fixture.ensure().error().code == ErrorCode::PermissionDenied);
}

TEST_CASE("waiting for a cluster can be cancelled") {
  Fixture fixture;
  core::CancelSource source;
  fixture.state("PENDING");
  ClusterStartOptions options{.cancel = source.token()};
  options.onProgress = {};
  auto result = ensureRunning(fixture.rest, "c1",
                              {fixture.clock, fixture.timer,
                               [&] {
                                 source.cancel(core::CancelReason::Client);
                                 return 0.5;
                               }},
                              options);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::Cancelled);
}
