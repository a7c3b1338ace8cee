// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/apps.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/apps", Safety::Safe, byToken("apps")};
constexpr Call kGet{Verb::Get, "/api/2.0/apps/{name}", Safety::Safe};
constexpr Call kCreate{Verb::Post, "/api/2.0/apps?no_compute={no_compute}", Safety::Unsafe};
constexpr Call kUpdate{Verb::Patch, "/api/2.0/apps/{app}", Safety::Safe};
constexpr Call kDelete{Verb::Delete, "/api/2.0/apps/{name}", Safety::Safe};
// The second of two starts is refused, as is a second deployment, which would hide that the first worked.
constexpr Call kStart{Verb::Post, "/api/2.0/apps/{name}/start", Safety::Unsafe};
constexpr Call kStop{Verb::Post, "/api/2.0/apps/{name}/stop", Safety::Safe};
constexpr Call kDeploy{Verb::Post, "/api/2.0/apps/{name}/deployments", Safety::Unsafe};
constexpr Call kDeployments{Verb::Get, "/api/2.0/apps/{name}/deployments", Safety::Safe, byToken("app_deployments")};
constexpr Call kDeployment{Verb::Get, "/api/2.0/apps/{name}/deployments/{id}", Safety::Safe};

constexpr int kPageSize = 100;

AppDeployment readDeployment(const core::Json& json) {
  const auto& status = core::objectAt(json, "status");
  return {.id = core::stringAt(json, "deployment_id"),
          .sourcePath = core::stringAt(json, "source_code_path"),
          .mode = core::stringAt(json, "mode"),
          .state = core::stringAt(status, "state"),
          .message = core::stringAt(status, "message"),
          .creator = core::stringAt(json, "creator"),
          .createdAt = timeAt(json, "create_time"),
          .updatedAt = timeAt(json, "update_time")};
}

std::optional<AppDeployment> deploymentAt(const core::Json& json, const char* field) {
  const auto& deployment = core::objectAt(json, field);
  return deployment.empty() ? std::nullopt : std::optional(readDeployment(deployment));
}

App readApp(const core::Json& json) {
  App app;
  app.name = core::stringAt(json, "name");
  app.description = core::stringAt(json, "description");
  app.url = core::stringAt(json, "url");
  app.creator = core::stringAt(json, "creator");
  const auto& compute = core::objectAt(json, "compute_status");
  app.computeState = core::stringAt(compute, "state");
  app.computeMessage = core::stringAt(compute, "message");
  const auto& status = core::objectAt(json, "app_status");
  app.state = core::stringAt(status, "state");
  app.message = core::stringAt(status, "message");
  app.servicePrincipal = core::stringAt(json, "service_principal_name");
  app.createdAt = timeAt(json, "create_time");
  app.updatedAt = timeAt(json, "update_time");
  app.active = deploymentAt(json, "active_deployment");
  app.pending = deploymentAt(json, "pending_deployment");
  app.document = documentOf(json);
  return app;
}

}  // namespace

Listing<App> Apps::list(const CallOptions& options) const {
  return rest_.list(kList, {{"page_size", kPageSize}}, &readApp, options);
}

core::Result<App> Apps::get(std::string_view name, const CallOptions& options) const {
  return readApp(TROWEL_TRY(rest_.call(kGet, {{"name", name}}, options)));
}

core::Result<App> Apps::create(const core::Json& definition, bool compute, const CallOptions& options) const {
  core::Json params = definition;
  params["no_compute"] = !compute;
  return readApp(TROWEL_TRY(rest_.call(kCreate, params, options)));
}

core::Result<App> Apps::update(std::string_view name, const core::Json& changes, const CallOptions& options) const {
  core::Json params = changes;
  params["app"] = name;
  params["name"] = name;
  return readApp(TROWEL_TRY(rest_.call(kUpdate, params, options)));
}

core::Result<void> Apps::remove(std::string_view name, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"name", name}}, options));
  return {};
}

core::Result<App> Apps::start(std::string_view name, const CallOptions& options) const {
  return readApp(TROWEL_TRY(rest_.call(kStart, {{"name", name}}, options)));
}

core::Result<App> Apps::stop(std::string_view name, const CallOptions& options) const {
  return readApp(TROWEL_TRY(rest_.call(kStop, {{"name", name}}, options)));
}

core::Result<AppDeployment> Apps::deploy(std::string_view name, std::string_view sourcePath, std::string_view mode,
                                         const CallOptions& options) const {
  core::Json params = {{"name", name}, {"source_code_path", sourcePath}, {"mode", mode}};
  return readDeployment(TROWEL_TRY(rest_.call(kDeploy, params, options)));
}

Listing<AppDeployment> Apps::deployments(std::string_view name, const CallOptions& options) const {
  return rest_.list(kDeployments, {{"name", name}, {"page_size", kPageSize}}, &readDeployment, options);
}

core::Result<AppDeployment> Apps::deployment(std::string_view name, std::string_view id,
                                             const CallOptions& options) const {
  return readDeployment(TROWEL_TRY(rest_.call(kDeployment, {{"name", name}, {"id", id}}, options)));
}

}  // namespace trowel::databricks
