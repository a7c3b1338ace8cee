// SPDX-License-Identifier: Apache-2.0
// Databricks Apps: their compute and deployments follow the clock; nothing is served.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. Apps are described as the API does. Source: rest-api.md 16.
class Apps {
 public:
  // Whether an object is at a workspace path: a deployment of what is not there fails.
  using Exists = std::function<bool(const std::string& path)>;

  // From STOPPED to ACTIVE takes `startTime`, back and a deployment half of it.
  Apps(World& world, std::chrono::milliseconds startTime, Exists exists);

  std::vector<core::Json> all(const std::string& host);
  Reply<core::Json> get(const std::string& name, const std::string& host);
  // Without `compute` the app is made STOPPED.
  Reply<core::Json> create(const core::Json& given, bool compute, const User& user, const std::string& host);
  Reply<core::Json> change(const std::string& name, const core::Json& given, const User& user, const std::string& host);
  Reply<core::Json> remove(const std::string& name, const std::string& host);
  Reply<core::Json> start(const std::string& name, const std::string& host);
  Reply<core::Json> stop(const std::string& name, const std::string& host);

  Reply<core::Json> deploy(const std::string& name, const core::Json& given, const User& user);
  Reply<std::vector<core::Json>> deployments(const std::string& name);  // newest first
  Reply<core::Json> deployment(const std::string& name, const std::string& id);

 private:
  Reply<core::Json> find(const std::string& name);
  std::string computeState(const core::Json& app) const;
  core::Json starting() const;
  core::Json described(const core::Json& app, const std::string& host) const;
  core::Json describedDeployment(const core::Json& deployment) const;

  World& world_;
  const std::int64_t startTime_;
  const Exists exists_;
  std::mutex mutex_;  // makes reading and writing one step
  Documents documents_;
};

}  // namespace trowel::emulator
