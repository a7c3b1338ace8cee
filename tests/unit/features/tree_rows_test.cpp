// SPDX-License-Identifier: Apache-2.0
#include "features/tree_rows.hpp"

#include "features/refresh_policy.hpp"
#include "support/catch.hpp"

namespace trowel::features {

namespace {

using protocol::TreeNode;

struct PlainView final : TreeView {
  core::Result<Rows> children(const RowsRequest&) override { return Rows{}; }
};

std::vector<TreeNode> rows(const std::vector<std::string>& ids) {
  std::vector<TreeNode> nodes;
  for (const auto& id : ids) {
    TreeNode node;
    node.id = id;
    node.label = "Row " + id;
    nodes.push_back(node);
  }
  return nodes;
}

std::vector<std::string> idsOf(const std::vector<TreeNode>& nodes) {
  std::vector<std::string> ids;
  for (const auto& node : nodes) ids.push_back(node.id);
  return ids;
}

std::vector<TreeNode> many(std::size_t count) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(std::to_string(i));
  return rows(ids);
}

}  // namespace

TEST_CASE("a long list comes as a short first page and a rest that is at hand") {
  auto first = pageOf(many(10'000), "", {});
  CHECK(first.nodes.size() == kFirstPage);
  CHECK(first.more == "500/");
  CHECK(first.ready == true);
  auto rest = pageOf(many(10'000), "", PagePlace::parse(first.more));
  CHECK(rest.nodes.size() == 9'500);
  CHECK(rest.nodes.front().id == "500");
  CHECK_FALSE(rest.more);
}

TEST_CASE("where the workspace pages, the user asks for the next page") {
  auto first = pageOf(many(20), "token/with/slashes", {});
  CHECK(first.nodes.size() == 20);
  CHECK(first.more == "0/token/with/slashes");
  CHECK_FALSE(first.ready);
  auto place = PagePlace::parse(first.more);
  CHECK(place.from == 0);
  CHECK(place.page == "token/with/slashes");
  auto second = pageOf(many(700), "", place);
  CHECK(second.nodes.size() == 700);
  CHECK_FALSE(second.more);
}

TEST_CASE("a page that nobody gave out is the first one") {
  for (const char* text : {"", "/", "x/y", "12", "-1/", "99999999999999999999999/"}) {
    INFO(text);
    auto place = PagePlace::parse(std::string(text));
    CHECK(place.from == 0);
    CHECK(place.page.empty());
  }
}

TEST_CASE("the filter looks for a part of the name, favourites stand first") {
  PlainView view;
  ViewState state{.name = "ROW B", .filters = {}, .favourites = {}};
  CHECK(idsOf(arrange(view, rows({"a", "b", "bb"}), {}, state, "")) == std::vector<std::string>{"b", "bb"});
  // A plain view filters its roots only.
  CHECK(arrange(view, rows({"a", "b"}), "parent", state, "").size() == 2);
  state = {.name = {}, .filters = {}, .favourites = {{"https://one", {"c", "gone"}}}};
  auto nodes = arrange(view, rows({"a", "b", "c"}), {}, state, "https://one");
  CHECK(idsOf(nodes) == std::vector<std::string>{"c", "a", "b"});
  CHECK(nodes.front().contextValue == ".favourite");
  CHECK(nodes.front().decoration->badge == "★");
  CHECK(idsOf(arrange(view, rows({"a", "b", "c"}), {}, state, "https://two")) ==
        std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("what changed is told row by row, unless rows came, went or moved") {
  auto before = rows({"a", "b"});
  CHECK(changedRows(before, before)->empty());
  auto now = before;
  now[1].description = "running";
  auto changed = changedRows(before, now);
  REQUIRE(changed);
  CHECK(idsOf(*changed) == std::vector<std::string>{"b"});
  CHECK_FALSE(changedRows(before, rows({"b", "a"})));
  CHECK_FALSE(changedRows(before, rows({"a"})));
  CHECK_FALSE(changedRows(before, rows({"a", "b", "c"})));
}

TEST_CASE("a refused permission is named, and every other failure leads on") {
  core::Error error{.code = core::ErrorCode::PermissionDenied, .message = "The workspace does not allow this."};
  auto node = failureNode(error, "jobs", "Can View on this job");
  CHECK(node.label == "You lack Can View on this job");
  CHECK(node.description == "The workspace does not allow this.");
  CHECK(node.contextValue == "failure");
  CHECK(node.command->command == "trowel.view.refresh");
  error.code = core::ErrorCode::Unauthenticated;
  CHECK(failureNode(error, {}, "").command->command == "trowel.connection.signIn");
  error.code = core::ErrorCode::Unavailable;
  CHECK(failureNode(error, {}, "").command->command == "trowel.connection.select");
}

TEST_CASE("looks come fast at first, then as often as the wait is worth, and never by themselves where nobody wants") {
  using namespace std::chrono_literals;
  const std::optional<core::Duration> minute = 60s;
  CHECK(nextLook(true, 0s, minute) == core::Duration(1s));
  CHECK(nextLook(true, 30s, minute) == core::Duration(3s));
  CHECK(nextLook(true, 10min, minute) == core::Duration(5s));
  CHECK(nextLook(true, 0s, std::nullopt) == core::Duration(1s));
  CHECK(nextLook(false, 30s, minute) == minute);
  CHECK(nextLook(false, 0s, std::nullopt) == std::nullopt);
}

TEST_CASE("remote files that rows stand for say whose they are, and nothing else is changed") {
  auto nodes = rows({"a", "b", "c"});
  nodes[0].resource = "wsfs:/Users/ada";
  nodes[1].resource = "file:///home/ada";
  const auto told = withHosts(nodes, "adb-1.azuredatabricks.net");
  CHECK(told[0].resource == "wsfs://adb-1.azuredatabricks.net/Users/ada");
  CHECK(told[1].resource == "file:///home/ada");
  CHECK_FALSE(told[2].resource);
}

}  // namespace trowel::features
