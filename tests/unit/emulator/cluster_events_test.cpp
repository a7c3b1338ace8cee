// SPDX-License-Identifier: Apache-2.0
#include "fleet.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct Events : Fleet {
  Reply ask(const std::string& id, const Json& more = Json::object()) { return act("events", id, more); }
  static std::vector<std::string> types(const Json& body) {
    std::vector<std::string> found;
    for (const auto& event : body.value("events", Json::array())) found.push_back(event.at("type"));
    return found;
  }
};

using Types = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Events, "events tell the story, newest first, in pages of both kinds") {
  auto id = create();
  clock.advance(60s);
  act("restart", id);
  clock.advance(60s);
  act("delete", id);
  auto all = ask(id).body;
  CHECK(types(all) == Types{"TERMINATING", "RUNNING", "RESTARTING", "RUNNING", "CREATING"});
  CHECK(all.at("total_count") == 5);
  CHECK(all.at("events")[0].at("cluster_id") == id);
  CHECK_FALSE(all.contains("next_page"));

  auto legacy = client.post("/api/2.0/clusters/events", {{"cluster_id", id}, {"limit", 2}, {"order", "ASC"}}).body;
  CHECK(types(legacy) == Types{"CREATING", "RUNNING"});
  CHECK(legacy.at("next_page").at("offset") == 2);
  CHECK(legacy.at("total_count") == 5);
  auto next = client.post("/api/2.0/clusters/events", legacy.at("next_page")).body;
  CHECK(types(next) == Types{"RESTARTING", "RUNNING"});

  auto page = ask(id, {{"page_size", 4}}).body;
  CHECK(page.at("total_count") == 0);
  auto last = ask(id, {{"page_size", 4}, {"page_token", page.at("next_page_token")}}).body;
  CHECK(types(last) == Types{"CREATING"});
  CHECK_FALSE(last.contains("next_page_token"));
  CHECK(last.contains("prev_page_token"));
}

TEST_CASE_METHOD(Events, "events can be chosen by type and time") {
  auto id = create();
  auto begin = get(id).at("start_time").get<std::int64_t>();
  clock.advance(60s);
  act("pin", id);
  clock.advance(60s);
  act("unpin", id);
  CHECK(types(ask(id, {{"event_types", {"PINNED", "CREATING"}}}).body) == Types{"PINNED", "CREATING"});
  CHECK(types(ask(id, {{"start_time", begin + 60'001}}).body) == Types{"UNPINNED"});
  CHECK(types(ask(id, {{"end_time", begin}}).body) == Types{"CREATING"});
  CHECK(types(ask(id, {{"start_time", begin + 1}, {"end_time", begin + 60'000}}).body) == Types{"PINNED", "RUNNING"});
  auto none = ask(id, {{"event_types", {"RESTARTING"}}}).body;
  CHECK_FALSE(none.contains("events"));
  CHECK(none.at("total_count") == 0);
}

TEST_CASE_METHOD(Events, "bad requests for events are refused") {
  auto id = create();
  CHECK(ask("nope").message() == "Cluster nope does not exist");
  CHECK(ask(id, {{"order", "SIDEWAYS"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(ask(id, {{"page_size", -1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(ask(id, {{"limit", -1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(ask(id, {{"offset", -1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(ask(id, {{"page_token", "x"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(ask(id, {{"limit", 10'000}}).status == 200);
  CHECK(types(ask(id, {{"offset", 7}, {"order", "ASC"}}).body).empty());
  CHECK(ask(id, {{"offset", 1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(ask(id, {{"event_types", {"BOGUS"}}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(ask(id, {{"start_time", "abc"}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(client.get("/api/2.1/clusters/list?page_size=abc").errorCode() == "MALFORMED_REQUEST");
}

TEST_CASE_METHOD(Events, "old pages of events do not slide while events arrive") {
  auto id = createRunning();
  clock.advance(60s);
  act("pin", id);
  auto first = ask(id, {{"limit", 2}}).body;
  CHECK(types(first) == Types{"PINNED", "RUNNING"});
  clock.advance(60s);
  act("unpin", id);
  CHECK(types(client.post("/api/2.1/clusters/events", first.at("next_page")).body) == Types{"CREATING"});
}

TEST_CASE_METHOD(Events, "each type has its details") {
  auto id = createRunning({{"init_scripts", Json::array({{{"workspace", {{"destination", "/Users/a/x.sh"}}}}})}});
  act("edit", id, spec({{"cluster_name", "after"}, {"num_workers", 3}}));
  clock.advance(30s);
  act("resize", id, {{"num_workers", 5}});
  clock.advance(30s);
  act("delete", id);
  clock.advance(30s);
  act("start", id);
  auto all = ask(id, {{"order", "ASC"}}).body;
  CHECK(types(all) == Types{"CREATING", "INIT_SCRIPTS_STARTED", "INIT_SCRIPTS_FINISHED", "RUNNING", "EDITED", "RUNNING",
                            "RESIZING", "UPSIZE_COMPLETED", "TERMINATING", "STARTING"});
  auto details = [&](std::size_t i) { return all.at("events")[i].at("details"); };
  CHECK(details(0).at("attributes").at("spark_version") == "15.4.x-scala2.12");
  CHECK(details(0).at("cluster_size") == Json{{"num_workers", 2}});
  CHECK(details(0).at("user") == "demo@example.com");
  CHECK(details(2).at("init_scripts").at("cluster")[0].at("status") == "SUCCEEDED");
  CHECK(details(3) == Json{{"current_num_workers", 2}, {"target_num_workers", 2}});
  CHECK(details(4).at("attributes").at("cluster_name") == "after");
  CHECK(details(4).at("previous_attributes").at("cluster_name") == "test");
  CHECK(details(4).at("previous_cluster_size") == Json{{"num_workers", 2}});
  CHECK(details(6).at("cause") == "USER_REQUEST");
  CHECK(details(6).at("current_num_workers") == 3);
  CHECK(details(6).at("target_num_workers") == 5);
  CHECK(details(8).at("reason").at("code") == "USER_REQUEST");
  CHECK(details(9) == Json{{"user", "demo@example.com"}});
}

TEST_CASE_METHOD(Events, "an end for idleness has its own time, whenever somebody looks") {
  auto id = createRunning({{"autotermination_minutes", 10}});
  auto running = get(id).at("last_restarted_time").get<std::int64_t>();
  clock.advance(5h);
  auto event = ask(id).body.at("events")[0];
  CHECK(event.at("type") == "TERMINATING");
  CHECK(event.at("timestamp") == running + 600'000);
  CHECK(event.at("details").at("reason").at("parameters").at("inactivity_duration_min") == "10");
  CHECK_FALSE(event.at("details").contains("user"));
  CHECK(get(id).at("terminated_time") == running + 630'000);
}
