// SPDX-License-Identifier: Apache-2.0
// Apps of a workspace and their deployments (Apps API 2.0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct AppDeployment {
  std::string id;
  std::string sourcePath;
  std::string mode;   // SNAPSHOT, AUTO_SYNC
  std::string state;  // IN_PROGRESS SUCCEEDED FAILED CANCELLED
  std::string message;
  std::string creator;
  std::int64_t createdAt = 0;  // epoch milliseconds
  std::int64_t updatedAt = 0;  // epoch milliseconds
};

struct App {
  std::string name;
  std::string description;
  std::string url;
  std::string creator;
  std::string computeState;  // ACTIVE STARTING STOPPED STOPPING UPDATING DELETING ERROR
  std::string computeMessage;
  std::string state;  // RUNNING DEPLOYING CRASHED UNAVAILABLE
  std::string message;
  std::string servicePrincipal;  // its name; what the app may do is granted to it
  std::int64_t createdAt = 0;    // epoch milliseconds
  std::int64_t updatedAt = 0;    // epoch milliseconds
  std::optional<AppDeployment> active;
  std::optional<AppDeployment> pending;
  Document document;  // as sent
};

// AlreadyExists where the name is taken; Conflict where the app's state forbids the call.
class Apps {
 public:
  explicit Apps(const RestClient& rest) : rest_(rest) {}

  Listing<App> list(const CallOptions& options = {}) const;
  core::Result<App> get(std::string_view name, const CallOptions& options = {}) const;

  // These return when the workspace has begun; get() tells how far it is.
  // `definition` as in App::document (name, description, resources). With `compute` it starts at once.
  core::Result<App> create(const core::Json& definition, bool compute = true, const CallOptions& options = {}) const;
  core::Result<App> update(std::string_view name, const core::Json& changes, const CallOptions& options = {}) const;
  core::Result<void> remove(std::string_view name, const CallOptions& options = {}) const;
  core::Result<App> start(std::string_view name, const CallOptions& options = {}) const;
  core::Result<App> stop(std::string_view name, const CallOptions& options = {}) const;

  // Brings the source in a folder of the workspace to an app that is active.
  core::Result<AppDeployment> deploy(std::string_view name, std::string_view sourcePath,
                                     std::string_view mode = "SNAPSHOT", const CallOptions& options = {}) const;
  // The newest first.
  Listing<AppDeployment> deployments(std::string_view name, const CallOptions& options = {}) const;
  core::Result<AppDeployment> deployment(std::string_view name, std::string_view id,
                                         const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
