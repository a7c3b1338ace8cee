// SPDX-License-Identifier: Apache-2.0
// What other programs steer the emulator with: faults, request log and clock over HTTP.
#include <fstream>
#include <future>

#include "emulator/server/faults.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

constexpr const char* kList = "/api/2.0/workspace/list?path=/Shared";

struct OwnEmulator {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client{*emulator};
};

}  // namespace

TEST_CASE_METHOD(OwnEmulator, "other processes set faults and read the log over HTTP") {
  CHECK(client.post("/emulator/faults", {{"status", 500}}).message() == "Missing required field: pattern");
  CHECK(client.get("/emulator/requests?status=abc").errorCode() == "INVALID_PARAMETER_VALUE");
  client.post("/emulator/faults", {{"pattern", "GET /api/*"}, {"body", "instead"}});
  CHECK(client.get(kList).text == "instead");  // 200 where nothing else is said
  client.remove("/emulator/faults");
  auto added = client.post("/emulator/faults", {{"pattern", "GET /api/*"},
                                                {"status", 503},
                                                {"body", {{"error_code", "TEMPORARILY_UNAVAILABLE"}}},
                                                {"headers", {{"Retry-After", 7}}},
                                                {"times", 0}});
  REQUIRE(added.status == 200);
  for (int i = 0; i < 3; ++i) {
    auto down = client.get(kList);
    CHECK(down.status == 503);
    CHECK(down.errorCode() == "TEMPORARILY_UNAVAILABLE");
    CHECK(down.headers.find("Retry-After")->second == "7");
  }
  auto list = client.get("/emulator/faults").body;
  REQUIRE(list.at("faults").size() == 1);
  CHECK(list.at("faults")[0].at("id") == added.body.at("id"));
  CHECK(list.at("faults")[0].at("hits") == 3);
  CHECK(list.at("faults")[0].at("pattern") == "GET /api/*");

  CHECK(client.remove("/emulator/faults/" + added.body.at("id").dump()).status == 200);
  CHECK(client.remove("/emulator/faults/" + added.body.at("id").dump()).status == 404);
  CHECK(client.remove("/emulator/faults/x").status == 404);
  CHECK(client.get(kList).status == 200);
  CHECK(client.post("/emulator/faults", {{"pattern", "*"}, {"kind", "unavailable"}, {"times", 0}}).status == 200);
  CHECK(client.remove("/emulator/faults").status == 200);
  CHECK(client.get(kList).status == 200);
}

TEST_CASE_METHOD(OwnEmulator, "a fault that is misspelt is refused") {
  auto message = [&](Json fault) { return client.post("/emulator/faults", fault).message(); };
  CHECK(message({{"pattern", "*"}, {"satus", 500}}) == "A fault has no field satus; see docs/emulator.md.");
  CHECK(message({{"pattern", 1}}) == "The field pattern of a fault must be a text.");
  CHECK(message({{"pattern", "*"}, {"status", 100}}).find("between 200 and 599") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"skip", -1}}).find("whole number") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"times", "2"}}).find("whole number") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"end", "bang"}}).find("close, reset, stall or endless") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"hold", 1}}).find("true or false") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"headers", {1}}}).find("an object") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"probability", 2}}).find("between 0 and 1") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"kind", "nonsense"}}).find("too_many_requests") != std::string::npos);
}

TEST_CASE_METHOD(OwnEmulator, "every kind of fault can be had by its name, and comes and goes as JSON") {
  for (const auto& kind : faultKinds()) {
    INFO(kind);
    auto fault = readFault({{"pattern", "GET *"}, {"kind", kind}, {"retry_after", 3}});
    REQUIRE(fault);
    auto copy = readFault(describeFault(*fault));
    REQUIRE(copy);
    CHECK(describeFault(*copy) == describeFault(*fault));
    emulator->addFault(*copy);
    auto answer = client.get(kList);
    CHECK(answer.status == fault->status);
    CHECK(answer.headers.find("Retry-After")->second == "3");
    CHECK(answer.text.find("{request_id}") == std::string::npos);
    if (fault->contentType == "application/json") CHECK(answer.body.is_object());
  }
  emulator->addFault(readFault({{"pattern", "GET *"}, {"kind", "token_expired"}}).value());
  auto expired = client.get(kList);
  CHECK(expired.status == 401);
  CHECK(expired.message() == "Access token has expired. [ReqId: " + expired.headers.find("x-request-id")->second + "]");
  CHECK(client.get(kList).status == 200);  // the token itself is as good as before
  emulator->addFault(readFault({{"pattern", "GET *"}, {"kind", "login_redirect"}}).value());
  CHECK(client.get(kList).headers.find("Location")->second.starts_with("/login.html"));
}

TEST_CASE_METHOD(OwnEmulator, "chance strikes the same way for the same seed") {
  auto draw = [&](std::uint64_t seed) {
    emulator->addFault({.pattern = "GET *", .status = 500, .times = 0, .probability = 0.5, .seed = seed});
    std::string drawn;
    for (int i = 0; i < 40; ++i) drawn += client.get(kList).status == 500 ? 'x' : '.';
    emulator->clearFaults();
    return drawn;
  };
  auto first = draw(7);
  CHECK(first == draw(7));
  CHECK(first != draw(8));
  CHECK(first.find('x') != std::string::npos);
  CHECK(first.find('.') != std::string::npos);
}

TEST_CASE("delays go by the emulator's clock, which clients can move") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({}, clock).value());
  WorkspaceClient client(*emulator);
  emulator->addFault({.pattern = "GET *", .times = 2, .delay = std::chrono::hours(1)});
  auto answer = std::async(std::launch::async, [&] { return client.get(kList).status; });
  clock.awaitWaiters(1);
  CHECK(answer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  clock.advance(std::chrono::hours(1));
  CHECK(answer.get() == 200);

  WorkspaceClient other(*emulator);
  auto before = other.get("/emulator/clock").body;
  CHECK(before.at("offset_ms") == 0);
  answer = std::async(std::launch::async, [&] { return client.get(kList).status; });
  clock.awaitWaiters(1);
  auto after = other.post("/emulator/clock", {{"advance_ms", 3'600'000}}).body;
  CHECK(answer.get() == 200);
  CHECK(after.at("offset_ms") == 3'600'000);
  CHECK(after.at("now").get<std::int64_t>() == before.at("now").get<std::int64_t>() + 3'600'000);

  CHECK(other.post("/emulator/clock", Json::object()).message() == "Missing required field: advance_ms");
  CHECK(other.post("/emulator/clock", {{"advance_ms", -1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(other.post("/emulator/clock", {{"advance_ms", "soon"}}).errorCode() == "INVALID_PARAMETER_VALUE");

  emulator->addFault({.pattern = "GET *", .delay = std::chrono::hours(1)});
  answer = std::async(std::launch::async, [&] { return client.get(kList).status; });
  clock.awaitWaiters(1);
  emulator->stop();
  answer.get();
}

TEST_CASE("faults can be there from the start, and areas ask for theirs") {
  auto emulator = std::move(Emulator::start({.faults = {{.pattern = "GET *", .status = 500}}}).value());
  WorkspaceClient client(*emulator);
  CHECK(client.get(kList).status == 500);
  CHECK(client.get(kList).status == 200);

  Faults faults(trowel::core::systemClock());
  faults.add({.pattern = "CLUSTER_START 0821-*", .skip = 1});
  faults.add({.pattern = "*", .times = 0});
  CHECK_FALSE(faults.happens("CLUSTER_START", "0821-1"));
  CHECK_FALSE(faults.happens("CLUSTER_START", "0822-1"));
  CHECK(faults.happens("CLUSTER_START", "0821-1"));
  CHECK_FALSE(faults.happens("CLUSTER_START", "0821-1"));
  CHECK(faults.all().front().hits == 1);
}

TEST_CASE("the request log tells who asked what, and no secret") {
  trowel::test::TempDir folder;
  const std::filesystem::path place = folder.path();
  auto emulator = std::move(Emulator::start({.requestLog = place / "requests.jsonl"}).value());
  WorkspaceClient client(*emulator);
  const std::string token = emulator->token().reveal();
  client.post("/api/2.0/workspace/mkdirs", {{"path", "/Shared/a"}});
  client.get("/api/2.0/workspace/list?path=/Shared&path=b%20c&access_token=" + token + "&code=sesame&x=" + token);
  client.setToken("dapi00000000000000000000000000000000");
  client.get(kList);
  client.setToken(token);

  auto log = client.get("/emulator/requests");
  CHECK(log.text.find(token) == std::string::npos);
  CHECK(log.text.find("sesame") == std::string::npos);
  CHECK(log.body.at("count") == 3);
  auto made = log.body.at("requests")[0];
  CHECK(made.at("method") == "POST");
  CHECK(made.at("path") == "/api/2.0/workspace/mkdirs");
  CHECK(made.at("status") == 200);
  CHECK(made.at("bytes_in") == 20);
  CHECK(made.at("bytes_out") == 2);
  CHECK(made.at("user") == emulator->userName());
  CHECK(made.at("user_agent").get<std::string>().starts_with("cpp-httplib"));
  CHECK(made.at("request_id").get<std::string>().size() == 36);
  CHECK(made.at("time").is_number_integer());
  CHECK(made.at("duration_ms").is_number());
  auto query = log.body.at("requests")[1].at("query");
  CHECK(query[0] == Json{{"name", "path"}, {"value", "/Shared"}});
  CHECK(query[1] == Json{{"name", "path"}, {"value", "b c"}});
  CHECK(query[2] == Json{{"name", "access_token"}, {"value", "***"}});
  CHECK(query[3] == Json{{"name", "code"}, {"value", "***"}});
  CHECK(log.body.at("requests")[2].at("user") == "");

  CHECK(client.get("/emulator/requests?pattern=GET%20/api/*").body.at("count") == 2);
  CHECK(client.get("/emulator/requests?pattern=GET%20/api/*&status=403").body.at("count") == 1);
  CHECK(client.get("/emulator/requests?user=" + emulator->userName()).body.at("count") == 2);

  std::ifstream file(place / "requests.jsonl");
  for (const auto& record : log.body.at("requests")) {
    std::string line;
    std::getline(file, line);
    CHECK(Json::parse(line) == record);
  }
  CHECK(client.remove("/emulator/requests").status == 200);
  CHECK(client.get("/emulator/requests").body == Json{{"count", 0}, {"requests", Json::array()}});
  CHECK_FALSE(Emulator::start({.requestLog = place / "no" / "where"}));
}

TEST_CASE("rates are limited as in the service, by group and user") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({.rateLimits = true}, clock).value());
  WorkspaceClient client(*emulator);
  auto statusAfter = [&](int count, const std::string& path) {
    for (int i = 1; i < count; ++i) REQUIRE(client.get(path).status != 429);
    return client.get(path).status;
  };
  CHECK(statusAfter(30, kList) == 200);
  auto limited = client.get(kList);
  CHECK(limited.status == 429);
  CHECK(limited.errorCode() == "REQUEST_LIMIT_EXCEEDED");
  CHECK(limited.headers.find("Retry-After")->second == "1");
  CHECK(limited.headers.count("X-Databricks-Org-Id") == 1);
  CHECK(statusAfter(60, "/api/2.0/workspace/export") == 400);
  CHECK(client.get("/api/2.0/workspace/export").status == 429);
  CHECK(statusAfter(100, "/api/2.2/jobs/runs/get") != 429);
  CHECK(client.get("/api/2.1/jobs/runs/get").status == 429);
  CHECK(client.get("/emulator/clock").status == 200);

  clock.advance(std::chrono::milliseconds(100));
  CHECK(statusAfter(3, kList) == 200);
  CHECK(client.get(kList).status == 429);
  clock.advance(std::chrono::hours(1));
  CHECK(statusAfter(30, kList) == 200);
  CHECK(client.get(kList).status == 429);

  CHECK(statusAfter(255, "/api/2.0/preview/scim/v2/Me") == 200);
  clock.advance(std::chrono::milliseconds(100));
  CHECK(client.get("/api/2.0/preview/scim/v2/Me").headers.find("Retry-After")->second == "1");
}

TEST_CASE("ids can be kept below 2^53") {
  auto idOf = [](bool small) {
    auto emulator =
        std::move(Emulator::start({.clusterStartTime = std::chrono::milliseconds(0), .smallIds = small}).value());
    WorkspaceClient client(*emulator);
    auto cluster =
        client.post("/api/2.1/clusters/create",
                    {{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 1}});
    auto id = cluster.body.at("cluster_id").get<std::string>();
    return client.get("/api/2.1/clusters/get?cluster_id=" + id).body.at("spark_context_id").get<std::int64_t>();
  };
  CHECK(idOf(false) > 1LL << 53);
  CHECK(idOf(true) < 1LL << 53);
}
