// SPDX-License-Identifier: Apache-2.0
// Triggers that look at something: the files of a folder, or the versions of tables. What is there when a trigger
// begins does not count; what comes later starts a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/jobs/job_store.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// What there is to look at. An absent function sees nothing, ever.
struct TriggerSources {
  // The paths of all files beneath a URL, relative to it.
  std::function<std::vector<std::string>(const std::string& url)> files = {};
  // By the name of each table that exists, as given: something that changes with its content.
  std::function<std::map<std::string, std::string>(const std::vector<std::string>& names)> tables = {};
};

// Of a path in a volume; nothing for other places. `root` holds Volumes. Symbolic links are not followed.
std::vector<std::string> filesBeneath(const std::filesystem::path& root, const std::string& url);
// Of tables "catalog.schema.name" in the SQL engine's file.
std::map<std::string, std::string> tableVersions(const std::filesystem::path& file,
                                                 const std::vector<std::string>& names);

// Any thread. What was seen outlives the emulator.
class JobWatches {
 public:
  JobWatches(World& world, TriggerSources sources);

  // Whether the job has a trigger that must look now and then.
  static bool has(const Job& job);

  // The job is new, or has changed: begins, or goes on where the trigger is the same as before. Without a trigger that
  // looks it ends.
  void follow(std::int64_t jobId, const std::optional<Job>& job);
  // Looks: what a run that is to start now shows as its trigger, else nothing.
  std::optional<std::string> look(const Job& job);

 private:
  core::Json see(const core::Json& trigger) const;

  World& world_;
  const TriggerSources sources_;
  std::mutex mutex_;  // one look at a time
  Documents seen_;    // by job
};

}  // namespace trowel::emulator
