// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/command_api.hpp"

#include <nlohmann/json.hpp>

namespace trowel::emulator {

using core::Json;

namespace {

Reply<std::string> required(const Call& call, const char* field) {
  std::string value = call.text(field);
  if (value.empty())
    return commandError(500, "IllegalArgumentException: requirement failed: missing " + std::string(field));
  return value;
}

Reply<std::string> language(const Call& call) {
  std::string name = TROWEL_TRY(required(call, "language"));
  for (auto known : {"python", "sql", "scala", "r"})
    if (name == known) return name;
  return commandError(500, "IllegalArgumentException: requirement failed: Unsupported language: " + name);
}

Reply<std::shared_ptr<ExecutionContext>> context(Contexts& contexts, const Call& call) {
  auto clusterId = TROWEL_TRY(required(call, "clusterId"));
  auto contextId = TROWEL_TRY(required(call, "contextId"));
  return contexts.find(clusterId, contextId);
}

Reply<Response> execute(Contexts& contexts, Ids& ids, const Call& call) {
  auto found = TROWEL_TRY(context(contexts, call));
  auto name = TROWEL_TRY(language(call));
  std::string id = ids.command();
  auto begun = found->execute(id, {{"language", name}, {"command", call.text("command")}});
  if (!begun) return std::unexpected(begun.error());
  return jsonResponse({{"id", id}});
}

std::unexpected<ApiError> commandNotFound(const std::string& id) {
  return commandError(500, "CommandNotFoundException: Command not found: " + id);
}

Reply<Response> status(Contexts& contexts, const Call& call) {
  auto found = TROWEL_TRY(context(contexts, call));
  auto id = TROWEL_TRY(required(call, "commandId"));
  auto command = found->command(id);
  if (!command) return commandNotFound(id);
  // Results are JSON already; large ones are not worth a parse.
  Json head{{"id", id}, {"status", toString(command->state)}};
  std::string body = core::dumpJson(head);
  body.pop_back();
  return Response{.body = body + ",\"results\":" + command->results + "}"};
}

Reply<Response> cancel(Contexts& contexts, const Call& call) {
  auto found = TROWEL_TRY(context(contexts, call));
  auto id = TROWEL_TRY(required(call, "commandId"));
  if (!found->cancel(id)) return commandNotFound(id);
  return jsonResponse({{"id", id}});
}

}  // namespace

void addCommandRoutes(Router& router, Contexts& contexts, Ids& ids) {
  router.add("POST", "/api/1.2/contexts/create", [&contexts](const Call& call) -> Reply<Response> {
    auto clusterId = TROWEL_TRY(required(call, "clusterId"));
    TROWEL_TRY(language(call));
    auto opened = TROWEL_TRY(contexts.open({.origin = {.user = call.caller(), .clusterId = clusterId}}));
    return jsonResponse({{"id", opened.id}});
  });
  router.add("GET", "/api/1.2/contexts/status", [&contexts](const Call& call) -> Reply<Response> {
    auto found = TROWEL_TRY(context(contexts, call));
    return jsonResponse({{"id", call.text("contextId")}, {"status", found->status()}});
  });
  router.add("POST", "/api/1.2/contexts/destroy", [&contexts](const Call& call) -> Reply<Response> {
    auto clusterId = TROWEL_TRY(required(call, "clusterId"));
    auto id = TROWEL_TRY(required(call, "contextId"));
    if (auto done = contexts.destroy(clusterId, id); !done) return std::unexpected(done.error());
    return jsonResponse({{"id", id}});
  });
  router.add("POST", "/api/1.2/commands/execute",
             [&contexts, &ids](const Call& call) { return execute(contexts, ids, call); });
  router.add("GET", "/api/1.2/commands/status", [&contexts](const Call& call) { return status(contexts, call); });
  router.add("POST", "/api/1.2/commands/cancel", [&contexts](const Call& call) { return cancel(contexts, call); });
}

}  // namespace trowel::emulator
