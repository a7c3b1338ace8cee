// SPDX-License-Identifier: Apache-2.0
// The definitions of jobs, in memory and in the state file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/jobs/job_access.hpp"
#include "emulator/jobs/job_admission.hpp"
#include "emulator/server/api_error.hpp"
#include "emulator/world.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// What a list shows on demand only, and large jobs page by page.
inline constexpr const char* kJobArrays[] = {"tasks", "job_clusters", "parameters", "environments"};

struct Job {
  std::int64_t id = 0;
  std::int64_t number = 0;  // in the order of creation
  std::int64_t createdTime = 0;
  std::string creator;
  std::shared_ptr<const core::Json> settings = {};  // complete, with tasks[]
  // As a list shows it, in JSON, without kJobArrays: written once, for lists are long and asked for often.
  std::shared_ptr<const std::string> listed = {};

  void use(core::Json newSettings);
  std::string name() const;
  std::string runAs() const;  // see runAsOf()
};

// Any thread.
class JobStore {
 public:
  // Loads what is there.
  JobStore(World& world, JobAccess access, JobAdmission admission);

  // `settings` are in the newer format; the id of the job.
  Reply<std::int64_t> create(const core::Json& settings, const User& creator, const core::Json& accessControlList);
  // Replaces the settings by what `change` makes of them for `caller`; they are checked and completed here.
  Reply<void> change(std::int64_t id, const User& caller,
                     const std::function<core::Json(const core::Json& settings)>& change);
  Reply<void> remove(std::int64_t id);

  // 403 where `user` has not the right. Asked before existence: who may not see a job does not learn whether there is
  // one (rest-api.md 1.7).
  Reply<void> check(const User& user, std::int64_t id, JobRight right) const;

  // Checks what runs/submit asks for, and completes it.
  Reply<std::shared_ptr<const core::Json>> admitOnce(core::Json settings, const User& caller) const;
  // One-time runs have the id of a job that is in no list, but has an owner and permissions while the run is kept.
  Reply<void> addOneTime(std::int64_t id, const std::string& owner, const core::Json& accessControlList);
  void removeOneTime(std::int64_t id);
  // Of a job, or of a one-time run by its job's id.
  std::optional<std::string> ownerOf(std::int64_t id) const;

  std::optional<Job> find(std::int64_t id) const;
  Reply<Job> get(std::int64_t id) const;  // "Job 1 does not exist."
  std::vector<std::int64_t> ids() const;  // newest first
  struct Slice {
    std::vector<std::int64_t> ids;
    std::size_t total = 0;
  };
  Slice slice(std::size_t first, std::size_t count) const;  // of ids()
  // As a list shows these, with commas between them; those that are gone by now are left out.
  std::string listed(std::span<const std::int64_t> ids) const;

  // Called without any lock whenever a job has come, changed or gone, by whoever did it.
  void onChange(std::function<void(std::int64_t id)> listener) { listener_ = std::move(listener); }

 private:
  Reply<void> grant(std::int64_t id, const core::Json& accessControlList);
  void save(const Job& job);

  World& world_;
  const JobAccess access_;
  const JobAdmission admission_;
  std::function<void(std::int64_t)> listener_;
  mutable std::mutex mutex_;  // guards everything below
  std::unordered_map<std::int64_t, Job> jobs_;
  std::vector<std::int64_t> order_;              // ids of jobs_, oldest first
  std::map<std::int64_t, std::string> oneTime_;  // owners
  std::int64_t nextNumber_ = 1;
};

std::unexpected<ApiError> noSuchJob(std::int64_t id);

}  // namespace trowel::emulator
