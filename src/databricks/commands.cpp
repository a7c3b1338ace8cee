// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/commands.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/command_result.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kCreateContext{Verb::Post, "/api/1.2/contexts/create", Safety::Unsafe};
constexpr Call kContextStatus{Verb::Get, "/api/1.2/contexts/status", Safety::Safe};
constexpr Call kDestroyContext{Verb::Post, "/api/1.2/contexts/destroy", Safety::Safe};
constexpr Call kExecute{Verb::Post, "/api/1.2/commands/execute", Safety::Unsafe};
constexpr Call kStatus{Verb::Get, "/api/1.2/commands/status", Safety::Safe};
constexpr Call kCancel{Verb::Post, "/api/1.2/commands/cancel", Safety::Safe};

core::Json paramsOf(const CommandRef& ref) {
  return {{"clusterId", ref.cluster}, {"contextId", ref.context}, {"commandId", ref.command}};
}

// A success without an id leaves nothing to go on with.
core::Result<std::string> idOf(const core::Json& answer) {
  auto id = core::stringAt(answer, "id");
  if (id.empty())
    return core::fail(core::ErrorCode::DataLoss, "The cluster's answer does not name what it has created. Try again.");
  return id;
}

}  // namespace

core::Result<std::string> Commands::createContext(std::string_view cluster, std::string_view language,
                                                  const CallOptions& options) const {
  return idOf(TROWEL_TRY(rest_.call(kCreateContext, {{"clusterId", cluster}, {"language", language}}, options)));
}

core::Result<ExecutionContext> Commands::contextStatus(std::string_view cluster, std::string_view context,
                                                       const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kContextStatus, {{"clusterId", cluster}, {"contextId", context}}, options));
  return ExecutionContext{.id = core::stringAt(json, "id", context), .status = core::stringAt(json, "status")};
}

core::Result<void> Commands::destroyContext(std::string_view cluster, std::string_view context,
                                            const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDestroyContext, {{"clusterId", cluster}, {"contextId", context}}, options));
  return {};
}

core::Result<std::string> Commands::execute(std::string_view cluster, std::string_view context,
                                            std::string_view language, std::string_view code,
                                            const CallOptions& options) const {
  core::Json params = {{"clusterId", cluster}, {"contextId", context}, {"language", language}, {"command", code}};
  return idOf(TROWEL_TRY(rest_.call(kExecute, params, options)));
}

core::Result<Command> Commands::status(const CommandRef& ref, const CallOptions& options) const {
  return readCommand(TROWEL_TRY(rest_.call(kStatus, paramsOf(ref), options)));
}

core::Result<void> Commands::cancel(const CommandRef& ref, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kCancel, paramsOf(ref), options));
  return {};
}

}  // namespace trowel::databricks
