// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/workspace_conf.hpp"

#include <nlohmann/json.hpp>

namespace trowel::databricks {

namespace {

constexpr Call kGet{Verb::Get, "/api/2.0/workspace-conf", Safety::Safe};
constexpr Call kSet{Verb::Patch, "/api/2.0/workspace-conf", Safety::Safe};

}  // namespace

core::Result<std::map<std::string, std::string>> WorkspaceConf::get(std::span<const std::string> keys,
                                                                    const CallOptions& options) const {
  std::string list;
  for (const auto& key : keys) list += (list.empty() ? "" : ",") + key;
  auto json = TROWEL_TRY(rest_.call(kGet, {{"keys", list}}, options));
  std::map<std::string, std::string> values;
  for (const auto& key : keys)
    if (auto value = core::stringAt(json, key.c_str()); !value.empty()) values[key] = std::move(value);
  return values;
}

core::Result<void> WorkspaceConf::set(const std::map<std::string, std::string>& values,
                                      const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kSet, values, options));
  return {};
}

}  // namespace trowel::databricks
