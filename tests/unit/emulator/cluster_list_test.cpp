// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "fleet.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct Lists : Fleet {
  std::vector<std::string> names(const std::string& query, const std::string& version = "2.1") {
    auto body = client.get("/api/" + version + "/clusters/list" + query).body;
    std::vector<std::string> found;
    for (const auto& cluster : body.value("clusters", Json::array())) found.push_back(cluster.at("cluster_name"));
    return found;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Lists, "the list puts pinned clusters first, then those that are not over") {
  auto a = createRunning({{"cluster_name", "a"}});
  create({{"cluster_name", "b"}});
  auto c = create({{"cluster_name", "c"}});
  act("pin", c);
  act("delete", a);
  clock.advance(30s);
  for (auto version : {"2.0", "2.1"}) CHECK(names("", version) == Names{"c", "b", "a"});
  CHECK_FALSE(client.get("/api/2.0/clusters/list").body.at("clusters")[0].contains("spec"));
}

TEST_CASE_METHOD(Lists, "2.1 lists in pages, forward and back") {
  std::set<std::string> made;
  for (int i = 0; i < 5; ++i) made.insert(create({{"cluster_name", "c" + std::to_string(i)}}));
  std::set<std::string> seen;
  std::string token;
  std::string last;
  int pages = 0;
  do {
    auto page = client.get("/api/2.1/clusters/list?page_size=2&page_token=" + token).body;
    for (const auto& cluster : page.at("clusters")) seen.insert(cluster.at("cluster_id").get<std::string>());
    token = page.value("next_page_token", "");
    last = page.value("prev_page_token", "");
    ++pages;
  } while (!token.empty());
  CHECK(pages == 3);
  CHECK(seen == made);
  CHECK(names("?page_size=2&page_token=" + last) == Names{"c2", "c3"});
  CHECK(client.get("/api/2.1/clusters/list?page_token=bad").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get("/api/2.1/clusters/list?page_size=-1").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(names("?page_size=1", "2.0").size() == 5);
}

TEST_CASE_METHOD(Lists, "filters narrow the list, dotted or nested") {
  auto off = createRunning({{"cluster_name", "off"}});
  auto up = createRunning({{"cluster_name", "up"}});
  create({{"cluster_name", "coming"}});
  act("delete", off);
  act("pin", up);
  clock.advance(30s);
  CHECK(names("?filter_by.cluster_states=RUNNING") == Names{"up"});
  CHECK(names("?filter_by.cluster_states=RUNNING&filter_by.cluster_states=TERMINATED") == Names{"up", "off"});
  CHECK(names("?filter_by.cluster_states%5B%5D=PENDING") == Names{"coming"});
  CHECK(names("?filter_by=%7B%22cluster_states%22%3A%5B%22PENDING%22%5D%7D") == Names{"coming"});
  CHECK(names("?filter_by.is_pinned=true") == Names{"up"});
  CHECK(names("?filter_by.is_pinned=false") == Names{"coming", "off"});
  CHECK(names("?filter_by.cluster_sources=API").size() == 3);
  CHECK(names("?filter_by.cluster_sources=JOB").empty());
  CHECK(names("?filter_by.policy_id=none").empty());
  CHECK(client.get("/api/2.1/clusters/list?filter_by.cluster_states=ERROR").body == Json::object());
  auto unknown = client.get("/api/2.1/clusters/list?filter_by.cluster_states=ASLEEP");
  CHECK(unknown.errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Lists, "sorting is by name or by default, in both directions") {
  for (auto name : {"b", "c", "a"}) create({{"cluster_name", name}});
  act("pin", client.get("/api/2.1/clusters/list").body.at("clusters")[2].at("cluster_id"));
  CHECK(names("") == Names{"c", "a", "b"});
  CHECK(names("?sort_by.field=CLUSTER_NAME") == Names{"a", "b", "c"});
  CHECK(names("?sort_by.field=CLUSTER_NAME&sort_by.direction=DESC") == Names{"c", "b", "a"});
  CHECK(names("?sort_by.direction=DESC") == Names{"b", "a", "c"});
  CHECK(client.get("/api/2.1/clusters/list?sort_by.field=AGE").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get("/api/2.1/clusters/list?sort_by.direction=UP").errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("a cap on pages holds for clusters and their events") {
  auto emulator = std::move(Emulator::start({.pageCap = 2}).value());
  WorkspaceClient client(*emulator);
  std::string id;
  for (int i = 0; i < 3; ++i) id = createCluster(client);
  auto page = client.get("/api/2.1/clusters/list?page_size=50").body;
  CHECK(page.at("clusters").size() == 2);
  CHECK(page.contains("next_page_token"));
  for (auto action : {"pin", "unpin"}) client.post("/api/2.1/clusters/" + std::string(action), {{"cluster_id", id}});
  auto events = client.post("/api/2.1/clusters/events", {{"cluster_id", id}, {"page_size", 10}}).body;
  CHECK(events.at("events").size() == 2);
  CHECK(events.contains("next_page_token"));
}
