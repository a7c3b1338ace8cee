// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/genie.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "databricks/reading/statement_reading.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kSpaces{Verb::Get, "/api/2.0/genie/spaces", Safety::Safe, byToken("spaces")};
constexpr Call kSpace{Verb::Get, "/api/2.0/genie/spaces/{space}", Safety::Safe};
constexpr Call kStart{Verb::Post, "/api/2.0/genie/spaces/{space}/start-conversation", Safety::Unsafe};
constexpr Call kAsk{Verb::Post, "/api/2.0/genie/spaces/{space}/conversations/{conversation}/messages", Safety::Unsafe};
constexpr Call kMessage{Verb::Get, "/api/2.0/genie/spaces/{space}/conversations/{conversation}/messages/{message}",
                        Safety::Safe};
constexpr Call kQueryResult{Verb::Get,
                            "/api/2.0/genie/spaces/{space}/conversations/{conversation}/messages/{message}"
                            "/attachments/{attachment}/query-result",
                            Safety::Safe};

GenieSpace readSpace(const core::Json& json) {
  return {.id = core::stringAt(json, "space_id"),
          .title = core::stringAt(json, "title"),
          .description = core::stringAt(json, "description"),
          .warehouseId = core::stringAt(json, "warehouse_id")};
}

GenieAttachment readAttachment(const core::Json& json) {
  const auto& query = core::objectAt(json, "query");
  return {.id = core::stringAt(json, "attachment_id"),
          .text = core::stringAt(core::objectAt(json, "text"), "content"),
          .query = core::stringAt(query, "query"),
          .description = core::stringAt(query, "description")};
}

GenieMessage readMessage(const core::Json& json) {
  GenieMessage message;
  message.id = core::stringAt(json, "message_id", core::stringAt(json, "id"));
  message.conversationId = core::stringAt(json, "conversation_id");
  message.question = core::stringAt(json, "content");
  message.status = core::stringAt(json, "status");
  message.error = core::stringAt(core::objectAt(json, "error"), "error");
  message.attachments = listAt(json, "attachments", &readAttachment);
  return message;
}

core::Json paramsOf(const GenieRef& ref) {
  return {{"space", ref.space}, {"conversation", ref.conversation}, {"message", ref.message}};
}

}  // namespace

Listing<GenieSpace> Genie::spaces(const CallOptions& options) const {
  return rest_.list(kSpaces, nullptr, &readSpace, options);
}

core::Result<GenieSpace> Genie::space(std::string_view id, const CallOptions& options) const {
  return readSpace(TROWEL_TRY(rest_.call(kSpace, {{"space", id}}, options)));
}

core::Result<GenieMessage> Genie::startConversation(std::string_view space, std::string_view question,
                                                    const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kStart, {{"space", space}, {"content", question}}, options));
  auto message = readMessage(core::objectAt(json, "message"));
  message.id = core::stringAt(json, "message_id", message.id);
  message.conversationId = core::stringAt(json, "conversation_id", message.conversationId);
  return message;
}

core::Result<GenieMessage> Genie::ask(std::string_view space, std::string_view conversation, std::string_view question,
                                      const CallOptions& options) const {
  core::Json params = {{"space", space}, {"conversation", conversation}, {"content", question}};
  return readMessage(TROWEL_TRY(rest_.call(kAsk, params, options)));
}

core::Result<GenieMessage> Genie::message(const GenieRef& ref, const CallOptions& options) const {
  return readMessage(TROWEL_TRY(rest_.call(kMessage, paramsOf(ref), options)));
}

core::Result<Statement> Genie::queryResult(const GenieRef& ref, std::string_view attachment,
                                           const CallOptions& options) const {
  auto params = paramsOf(ref);
  params["attachment"] = attachment;
  auto json = TROWEL_TRY(rest_.call(kQueryResult, params, options));
  return readStatement(core::objectAt(json, "statement_response"));
}

}  // namespace trowel::databricks
