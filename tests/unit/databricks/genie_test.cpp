// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/genie.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;

namespace {
const std::string kBase = "/api/2.0/genie/spaces";
}

TEST_CASE("spaces are listed and read") {
  test::ScriptedWorkspace scripted;
  Genie genie(scripted.rest);
  scripted.http.on("GET", kBase).reply(200, R"({"spaces":[{"space_id":"s","title":"Sales"}],"next_page_token":"t"})");
  scripted.http.on("GET", kBase + "?page_token=t");
  CHECK(genie.spaces().all().value().at(0).title == "Sales");
  scripted.http.on("GET", kBase + "/s").reply(200, R"({"space_id":"s","warehouse_id":"w"})");
  CHECK(genie.space("s").value().warehouseId == "w");
}

TEST_CASE("a question is asked once, and its answer watched") {
  test::ScriptedWorkspace scripted;
  Genie genie(scripted.rest);
  scripted.http.on("POST", kBase + "/s/start-conversation")
      .withJson(R"({"content":"How much?"})")
      .reply(200, R"({"conversation_id":"c","message_id":"m","message":{"content":"How much?","status":"SUBMITTED"}})");
  auto asked = genie.startConversation("s", "How much?");
  REQUIRE(asked);
  CHECK(asked->id == "m");
  CHECK(asked->conversationId == "c");
  CHECK_FALSE(asked->isOver());
  scripted.http.on("POST", kBase + "/s/conversations/c/messages").withJson(R"({"content":"And now?"})").drop();
  CHECK_FALSE(genie.ask("s", "c", "And now?"));

  const std::string message = kBase + "/s/conversations/c/messages/m";
  scripted.http.on("GET", message).drop();
  scripted.http.on("GET", message).reply(200, R"({"id":"m","conversation_id":"c","status":"COMPLETED","attachments":[
    {"attachment_id":"a","query":{"query":"SELECT 1","description":"d"}},{"text":{"content":"So much."}}]})");
  auto answer = genie.message({.space = "s", .conversation = "c", .message = "m"});
  REQUIRE(answer);
  CHECK(answer->id == "m");
  CHECK(answer->isOver());
  CHECK(answer->attachments.at(0).query == "SELECT 1");
  CHECK(answer->attachments.at(1).text == "So much.");

  scripted.http.on("GET", message + "/attachments/a/query-result")
      .reply(200, R"({"statement_response":{"statement_id":"01ef","status":{"state":"SUCCEEDED"},
                      "result":{"data_array":[["1"]]}}})");
  auto result = genie.queryResult({.space = "s", .conversation = "c", .message = "m"}, "a");
  REQUIRE(result);
  CHECK(result->succeeded());
  CHECK(result->first.rows.at(0).at(0) == "1");
}
