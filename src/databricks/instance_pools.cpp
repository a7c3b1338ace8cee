// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/instance_pools.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/definition.hpp"
#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/instance-pools/list", Safety::Safe, inOnePage("instance_pools")};
constexpr Call kGet{Verb::Get, "/api/2.0/instance-pools/get", Safety::Safe};
constexpr Call kCreate{Verb::Post, "/api/2.0/instance-pools/create", Safety::Unsafe};
constexpr Call kEdit{Verb::Post, "/api/2.0/instance-pools/edit", Safety::Safe};
constexpr Call kDelete{Verb::Post, "/api/2.0/instance-pools/delete", Safety::Safe};

InstancePool readPool(const core::Json& json) {
  InstancePool pool;
  pool.id = core::stringAt(json, "instance_pool_id");
  pool.name = core::stringAt(json, "instance_pool_name");
  pool.nodeType = core::stringAt(json, "node_type_id");
  pool.state = core::stringAt(json, "state");
  pool.minIdle = core::intAt(json, "min_idle_instances");
  pool.maxCapacity = core::intAt(json, "max_capacity");
  pool.idleAutoterminationMinutes = core::intAt(json, "idle_instance_autotermination_minutes");
  pool.preloadedSparkVersions = textsAt(json, "preloaded_spark_versions");
  const auto& stats = core::objectAt(json, "stats");
  pool.used = core::intAt(stats, "used_count");
  pool.idle = core::intAt(stats, "idle_count");
  pool.pendingUsed = core::intAt(stats, "pending_used_count");
  pool.pendingIdle = core::intAt(stats, "pending_idle_count");
  pool.document = documentOf(json);
  return pool;
}

}  // namespace

Listing<InstancePool> InstancePools::list(const CallOptions& options) const {
  return rest_.list(kList, {}, &readPool, options);
}

core::Result<InstancePool> InstancePools::get(std::string_view id, const CallOptions& options) const {
  return readPool(TROWEL_TRY(rest_.call(kGet, {{"instance_pool_id", id}}, options)));
}

core::Result<std::string> InstancePools::create(const core::Json& pool, const CallOptions& options) const {
  return newId(TROWEL_TRY(rest_.call(kCreate, pool, options)), "instance_pool_id");
}

core::Result<void> InstancePools::edit(std::string_view id, const core::Json& pool, const CallOptions& options) const {
  core::Json wish = withId(pool, "instance_pool_id", id);
  for (const char* reported : {"state", "stats", "status", "default_tags"}) wish.erase(reported);
  TROWEL_TRY(rest_.call(kEdit, wish, options));
  return {};
}

core::Result<void> InstancePools::remove(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"instance_pool_id", id}}, options));
  return {};
}

}  // namespace trowel::databricks
