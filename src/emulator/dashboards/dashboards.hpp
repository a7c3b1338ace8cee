// SPDX-License-Identifier: Apache-2.0
// Lakeview dashboards: drafts, what was published of them, and the trash. Nothing is drawn.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// How dashboards show in the workspace tree. Paths are canonical, "/Users/me/Sales.lvdash.json".
struct DashboardTree {
  std::function<bool(const std::string& folder)> isFolder;
  // Makes the object or replaces its content; `id` is the dashboard's.
  std::function<void(const std::string& path, const std::string& id, const std::string& content)> put;
  std::function<void(const std::string& path)> remove;
};

// Any thread. Source: rest-api.md 16.
class Dashboards {
 public:
  Dashboards(World& world, DashboardTree tree);

  // With `trashed` those in the trash too; as lists have them: without etag, paths, update time and content.
  std::vector<core::Json> all(bool trashed);
  Reply<core::Json> get(const std::string& id);
  // Who made it; empty where nobody noted that.
  Reply<std::string> creator(const std::string& id);
  Reply<core::Json> create(const core::Json& given, const User& user);
  Reply<core::Json> change(const std::string& id, const core::Json& given);
  Reply<void> trash(const std::string& id);

  Reply<core::Json> published(const std::string& id);
  Reply<core::Json> publish(const std::string& id, const core::Json& given);
  Reply<void> unpublish(const std::string& id);
  // The draft becomes what was published.
  Reply<core::Json> revert(const std::string& id, const std::string& etag);

 private:
  Reply<core::Json> find(const std::string& id);
  Reply<void> place(core::Json& dashboard, const std::string& id, const std::string& folder, const std::string& name);
  void store(const std::string& id, core::Json& dashboard);

  World& world_;
  const DashboardTree tree_;
  std::mutex mutex_;  // makes steps over several documents and the tree one
  Documents documents_;
};

}  // namespace trowel::emulator
