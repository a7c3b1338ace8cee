// SPDX-License-Identifier: Apache-2.0
#include "emulator/dashboards/dashboards.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/server/fields.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kFields[] = {
    {"display_name", Text, Required}, {"parent_path", Text, Fixed}, {"warehouse_id"}, {"serialized_dashboard"}};
constexpr Field kPublishFields[] = {{"embed_credentials", Flag, Optional, "true"}, {"warehouse_id"}};

std::unexpected<ApiError> notFound(const std::string& id) {
  return doesNotExist("Unable to find dashboard [" + core::toValidUtf8(id) + "]");
}

std::unexpected<ApiError> notPublished(const std::string& id) {
  return doesNotExist("Unable to find published dashboard [" + core::toValidUtf8(id) + "]");
}

// The service's own form: formatted, pages named, a line break at the end.
Reply<std::string> normalized(const std::string& serialized) {
  auto json = core::parseJson(serialized.empty() ? R"({"pages":[{"displayName":"Untitled page"}]})" : serialized);
  if (!json || !json->is_object()) return invalidParameter("Failed to parse serialized dashboard");
  if (auto pages = json->find("pages"); pages != json->end() && pages->is_array())
    for (auto& page : *pages)
      if (page.is_object() && !page.contains("name")) page["name"] = core::randomHex(4);
  return core::dumpJsonPretty(*json) + "\n";
}

bool isTrashed(const Json& dashboard) { return core::stringAt(dashboard, "lifecycle_state") == "TRASHED"; }

// As GET answers.
Json shown(Json dashboard) {
  for (auto field : {"published", "creator"}) dashboard.erase(field);
  return dashboard;
}

Reply<void> checkEtag(const Json& dashboard, const std::string& etag) {
  if (etag.empty() || etag == core::stringAt(dashboard, "etag")) return {};
  return refuse(409, "RESOURCE_CONFLICT", "Invalid etag: " + etag);
}

}  // namespace

Dashboards::Dashboards(World& world, DashboardTree tree)
    : world_(world), tree_(std::move(tree)), documents_(world.state, "dashboard") {}

Reply<Json> Dashboards::find(const std::string& id) {
  auto dashboard = documents_.find(id);
  if (!dashboard) return notFound(id);
  return *std::move(dashboard);
}

std::vector<Json> Dashboards::all(bool trashed) {
  std::vector<Json> found;
  for (auto& [id, dashboard] : documents_.all()) {
    if (isTrashed(dashboard) && !trashed) continue;
    for (auto field : {"etag", "path", "parent_path", "update_time", "serialized_dashboard", "published", "creator"})
      dashboard.erase(field);
    found.push_back(std::move(dashboard));
  }
  return found;
}

Reply<Json> Dashboards::get(const std::string& id) {
  Json dashboard = TROWEL_TRY(find(id));
  return shown(std::move(dashboard));
}

Reply<std::string> Dashboards::creator(const std::string& id) {
  Json dashboard = TROWEL_TRY(find(id));
  return core::stringAt(dashboard, "creator");
}

// Gives the dashboard its place in the tree, which nothing else may have.
Reply<void> Dashboards::place(Json& dashboard, const std::string& id, const std::string& folder,
                              const std::string& name) {
  if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
    return invalidParameter("Invalid display_name: " + core::toValidUtf8(name));
  if (!tree_.isFolder(folder)) return doesNotExist("Path (" + core::toValidUtf8(folder) + ") doesn't exist.");
  std::string path = (folder == "/" ? "" : folder) + "/" + name + ".lvdash.json";
  for (const auto& [other, existing] : documents_.all())
    if (other != id && !isTrashed(existing) && core::stringAt(existing, "path") == path)
      return alreadyExists("Path (" + path + ") already exists.");
  dashboard["display_name"] = name;
  dashboard["parent_path"] = folder;
  dashboard["path"] = path;
  return {};
}

void Dashboards::store(const std::string& id, Json& dashboard) {
  dashboard["update_time"] = toIsoTime(world_.now());
  dashboard["etag"] = core::randomHex(16);
  documents_.put(id, dashboard);
  tree_.put(core::stringAt(dashboard, "path"), id, core::stringAt(dashboard, "serialized_dashboard"));
}

Reply<Json> Dashboards::create(const Json& given, const User& user) {
  Json dashboard = TROWEL_TRY(readNew(given, kFields));
  dashboard["serialized_dashboard"] = TROWEL_TRY(normalized(core::stringAt(dashboard, "serialized_dashboard")));
  std::string folder = core::stringAt(dashboard, "parent_path", "/Users/" + user.name);
  if (folder.starts_with("/Workspace/")) folder.erase(0, std::string_view("/Workspace").size());
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  std::string name = core::stringAt(dashboard, "display_name");
  std::lock_guard lock(mutex_);
  std::string id = world_.ids.command();
  TROWEL_TRY(place(dashboard, id, folder, name));
  dashboard["dashboard_id"] = id;
  dashboard["create_time"] = toIsoTime(world_.now());
  dashboard["lifecycle_state"] = "ACTIVE";
  dashboard["creator"] = user.name;
  store(id, dashboard);
  return shown(std::move(dashboard));
}

Reply<Json> Dashboards::change(const std::string& id, const Json& given) {
  Json changes = TROWEL_TRY(readChanges(given, kFields));
  if (changes.contains("serialized_dashboard"))
    changes["serialized_dashboard"] = TROWEL_TRY(normalized(core::stringAt(changes, "serialized_dashboard")));
  std::lock_guard lock(mutex_);
  Json dashboard = TROWEL_TRY(find(id));
  if (isTrashed(dashboard)) return notFound(id);
  TROWEL_TRY(checkEtag(dashboard, core::stringAt(given, "etag")));
  const std::string oldPath = core::stringAt(dashboard, "path");
  const std::string folder = core::stringAt(dashboard, "parent_path");
  dashboard.update(changes);
  const std::string name = core::stringAt(dashboard, "display_name");
  TROWEL_TRY(place(dashboard, id, folder, name));
  if (core::stringAt(dashboard, "path") != oldPath) tree_.remove(oldPath);
  store(id, dashboard);
  return shown(std::move(dashboard));
}

Reply<void> Dashboards::trash(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json dashboard = TROWEL_TRY(find(id));
  if (isTrashed(dashboard)) return notFound(id);
  dashboard["lifecycle_state"] = "TRASHED";
  dashboard.erase("published");
  documents_.put(id, dashboard);
  tree_.remove(core::stringAt(dashboard, "path"));
  return {};
}

Reply<Json> Dashboards::published(const std::string& id) {
  Json dashboard = TROWEL_TRY(find(id));
  if (!dashboard.contains("published")) return notPublished(id);
  Json published = dashboard["published"];
  published.erase("serialized_dashboard");
  return published;
}

Reply<Json> Dashboards::publish(const std::string& id, const Json& given) {
  Json published = TROWEL_TRY(readNew(given, kPublishFields));
  std::lock_guard lock(mutex_);
  Json dashboard = TROWEL_TRY(find(id));
  if (isTrashed(dashboard)) return notFound(id);
  for (auto field : {"display_name", "serialized_dashboard", "warehouse_id"})
    if (dashboard.contains(field) && !published.contains(field)) published[field] = dashboard[field];
  published["revision_create_time"] = toIsoTime(world_.now());
  dashboard["published"] = published;
  documents_.put(id, dashboard);
  published.erase("serialized_dashboard");
  return published;
}

Reply<void> Dashboards::unpublish(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json dashboard = TROWEL_TRY(find(id));
  if (dashboard.erase("published") == 0) return notPublished(id);
  documents_.put(id, dashboard);
  return {};
}

Reply<Json> Dashboards::revert(const std::string& id, const std::string& etag) {
  std::lock_guard lock(mutex_);
  Json dashboard = TROWEL_TRY(find(id));
  TROWEL_TRY(checkEtag(dashboard, etag));
  if (!dashboard.contains("published")) return notPublished(id);
  dashboard["serialized_dashboard"] = core::stringAt(dashboard["published"], "serialized_dashboard");
  store(id, dashboard);
  return shown(std::move(dashboard));
}

}  // namespace trowel::emulator
