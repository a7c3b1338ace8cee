// SPDX-License-Identifier: Apache-2.0
// For whom and for what code runs in an execution context, and how the driver is told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"

namespace trowel::emulator {

class TaskHost;

// What dbutils and the host calls of a context know about it.
struct ContextOrigin {
  User user = {};              // whose rights the code has
  std::string clusterId = {};  // empty: serverless
  std::string notebook = {};   // workspace path, without /Workspace; empty where no notebook runs
  std::int64_t jobId = 0;      // 0: no job; likewise the others
  std::int64_t jobRunId = 0;   // of the whole run
  std::int64_t runId = 0;      // of the task's attempt
  std::string taskKey = {};
  int depth = 0;             // how many notebooks called one another to get here
  TaskHost* task = nullptr;  // outlives the context
};

struct ContextSetup {
  ContextOrigin origin = {};
  std::string cwd = {};                             // as user code sees it; empty: the cluster's own folder
  std::vector<std::string> sysPath = {};            // behind cwd
  std::string cluster = {};                         // JSON, see cluster_facts.hpp; empty: serverless
  std::map<std::string, std::string> widgets = {};  // that have a value before any is defined
};

// How code reaches the API that it runs beside, as getContext() offers it.
struct ApiAccess {
  std::string url = {};
  std::string token = {};
};

// `base` (a JSON object) with what the driver must know of this context. JSON; holds a token.
std::string driverConfiguration(const std::string& base, const ContextSetup& setup, const ApiAccess& access);

// Where a notebook's code works: in its folder, with the root of the Git folder around it (empty: none) on the path
// too. Both are workspace paths.
ContextSetup notebookSetup(ContextOrigin origin, const std::string& notebook, const std::string& gitFolder);

}  // namespace trowel::emulator
