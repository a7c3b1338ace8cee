// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/command_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/compute/compute_api.hpp"

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

// What the commands stand on.
struct Execution {
  Contexts& contexts;
  Compute& compute;
  Ids& ids;
};

Reply<void> namesContext(const Call& call) {
  TROWEL_TRY(required(call, "clusterId"));
  TROWEL_TRY(required(call, "contextId"));
  return {};
}

// The context that a call names: of the caller, on a cluster that the caller may attach to.
struct Target {
  std::string clusterId;
  std::string contextId;
  std::shared_ptr<ExecutionContext> context;
};

Reply<Target> target(const Execution& execution, const Call& call) {
  TROWEL_TRY(namesContext(call));
  auto contextId = call.text("contextId");
  auto clusterId = TROWEL_TRY(permittedCluster(execution.compute, call, ClusterRight::Attach));
  auto context = TROWEL_TRY(execution.contexts.find(clusterId, contextId));
  if (context->origin().user.name != call.caller().name)
    return commandError(
        403, "PERMISSION_DENIED: " + call.caller().name + " does not own the execution context " + contextId + ".");
  return Target{clusterId, contextId, context};
}

Reply<Response> create(const Execution& execution, const Call& call) {
  TROWEL_TRY(required(call, "clusterId"));
  TROWEL_TRY(language(call));
  auto clusterId = TROWEL_TRY(permittedCluster(execution.compute, call, ClusterRight::Attach));
  auto opened = TROWEL_TRY(execution.contexts.open({.origin = {.user = call.caller(), .clusterId = clusterId}}));
  return jsonResponse({{"id", opened.id}});
}

Reply<Response> destroy(const Execution& execution, const Call& call) {
  auto found = TROWEL_TRY(target(execution, call));
  if (auto done = execution.contexts.destroy(found.clusterId, found.contextId); !done)
    return std::unexpected(done.error());
  return jsonResponse({{"id", found.contextId}});
}

Reply<Response> execute(const Execution& execution, const Call& call) {
  TROWEL_TRY(namesContext(call));
  auto name = TROWEL_TRY(language(call));
  const Json& params = call.params();
  if (!params.contains("command") || !params["command"].is_string())
    return commandError(500, "IllegalArgumentException: requirement failed: missing command");
  auto found = TROWEL_TRY(target(execution, call));
  std::string id = execution.ids.command();
  auto begun = found.context->execute(id, {{"language", name}, {"command", params["command"]}});
  if (!begun) return std::unexpected(begun.error());
  return jsonResponse({{"id", id}});
}

std::unexpected<ApiError> commandNotFound(const std::string& id) {
  return commandError(500, "CommandNotFoundException: Command not found: " + id);
}

Reply<Response> status(const Execution& execution, const Call& call) {
  TROWEL_TRY(namesContext(call));
  auto id = TROWEL_TRY(required(call, "commandId"));
  auto found = TROWEL_TRY(target(execution, call));
  auto command = found.context->command(id);
  if (!command) return commandNotFound(id);
  // Results are JSON already; large ones are not worth a parse.
  Json head{{"id", id}, {"status", toString(command->state)}};
  std::string body = core::dumpJson(head);
  body.pop_back();
  return Response{.body = body + ",\"results\":" + command->results + "}"};
}

Reply<Response> cancel(const Execution& execution, const Call& call) {
  TROWEL_TRY(namesContext(call));
  auto id = TROWEL_TRY(required(call, "commandId"));
  auto found = TROWEL_TRY(target(execution, call));
  if (!found.context->cancel(id)) return commandNotFound(id);
  return jsonResponse({{"id", id}});
}

}  // namespace

void addCommandRoutes(Router& router, Contexts& contexts, Compute& compute, Ids& ids) {
  const Execution all{contexts, compute, ids};
  const std::string base = "/api/1.2/";
  router.add("POST", base + "contexts/create", [all](const Call& call) { return create(all, call); });
  router.add("GET", base + "contexts/status", [all](const Call& call) -> Reply<Response> {
    auto found = TROWEL_TRY(target(all, call));
    return jsonResponse({{"id", found.contextId}, {"status", found.context->status()}});
  });
  router.add("POST", base + "contexts/destroy", [all](const Call& call) { return destroy(all, call); });
  router.add("POST", base + "commands/execute", [all](const Call& call) { return execute(all, call); });
  router.add("GET", base + "commands/status", [all](const Call& call) { return status(all, call); });
  router.add("POST", base + "commands/cancel", [all](const Call& call) { return cancel(all, call); });
}

}  // namespace trowel::emulator
