// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/global_init_scripts.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/global-init-scripts", Safety::Safe, inOnePage("scripts")};
constexpr Call kGet{Verb::Get, "/api/2.0/global-init-scripts/{id}", Safety::Safe};

GlobalInitScript readScript(const core::Json& json) {
  GlobalInitScript script;
  script.id = core::stringAt(json, "script_id");
  script.name = core::stringAt(json, "name");
  script.enabled = core::boolAt(json, "enabled");
  script.position = core::intAt(json, "position");
  script.createdAt = core::intAt(json, "created_at");
  script.createdBy = core::stringAt(json, "created_by");
  script.updatedAt = core::intAt(json, "updated_at");
  script.updatedBy = core::stringAt(json, "updated_by");
  return script;
}

}  // namespace

Listing<GlobalInitScript> GlobalInitScripts::list(const CallOptions& options) const {
  return rest_.list(kList, {}, &readScript, options);
}

core::Result<GlobalInitScript> GlobalInitScripts::get(std::string_view id, const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kGet, {{"id", id}}, options));
  auto script = readScript(json);
  auto content = core::fromBase64(core::stringAt(json, "script"));
  if (!content)
    return core::fail(core::ErrorCode::DataLoss, "The workspace sent the script " + script.name + " damaged.");
  script.script = *std::move(content);
  return script;
}

}  // namespace trowel::databricks
