// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/jobs/settings_rules.hpp"
#include "emulator/state/state_file.hpp"
#include "trowel/core/log.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kKind = "job";
constexpr std::size_t kMaxJobs = 12'000;  // rest-api.md 1.6

}  // namespace

void Job::use(Json newSettings) {
  settings = std::make_shared<const Json>(std::move(newSettings));
  Json shown = Json::object();
  for (const auto& [key, value] : settings->items())
    if (std::ranges::find(kJobArrays, key) == std::end(kJobArrays)) shown[key] = value;
  listed = std::make_shared<const std::string>(core::dumpJson(
      {{"job_id", id}, {"creator_user_name", creator}, {"created_time", createdTime}, {"settings", std::move(shown)}}));
}

std::string Job::name() const { return core::stringAt(*settings, "name"); }

std::string Job::runAs() const { return runAsOf(*settings, creator); }

std::unexpected<ApiError> noSuchJob(std::int64_t id) {
  return invalidParameter(fmt::format("Job {} does not exist.", id));
}

JobStore::JobStore(World& world, JobAccess access, JobAdmission admission)
    : world_(world), access_(std::move(access)), admission_(std::move(admission)) {
  if (!world_.state) return;
  world_.state->load(kKind, [this](const std::string& key, const std::string& text, const std::string&) {
    auto document = core::parseJson(text);
    if (!document) {
      core::logError("emulator", "The state file holds a damaged job: " + key);
      return;
    }
    Job job{.id = core::intAt(*document, "job_id"),
            .number = core::intAt(*document, "number"),
            .createdTime = core::intAt(*document, "created_time"),
            .creator = core::stringAt(*document, "creator")};
    job.use(core::objectAt(*document, "settings"));
    nextNumber_ = std::max(nextNumber_, job.number + 1);
    order_.push_back(job.id);
    jobs_[job.id] = std::move(job);
  });
  std::ranges::sort(order_, {}, [this](std::int64_t id) { return jobs_.at(id).number; });
}

Reply<std::int64_t> JobStore::create(const Json& settings, const User& creator, const Json& accessControlList) {
  TROWEL_TRY(checkSettings(settings));
  TROWEL_TRY(admission_.check(settings, Json::object(), creator.name, creator));
  Job job{.id = world_.ids.large(), .createdTime = world_.now(), .creator = creator.name};
  job.use(completeSettings(settings));
  {
    std::lock_guard lock(mutex_);
    if (jobs_.size() >= kMaxJobs)
      return refuse(
          400, "QUOTA_EXCEEDED",
          fmt::format("The quota for the number of jobs has been reached. The current quota is {}.", kMaxJobs));
  }
  {
    std::lock_guard lock(mutex_);
    job.number = nextNumber_++;
    save(job);
    jobs_[job.id] = job;
    order_.push_back(job.id);
  }
  if (auto granted = grant(job.id, accessControlList); !granted) {
    TROWEL_TRY(remove(job.id));
    return std::unexpected(granted.error());
  }
  if (listener_) listener_(job.id);
  return job.id;
}

Reply<void> JobStore::grant(std::int64_t id, const Json& accessControlList) {
  if (!access_.created || accessControlList.empty()) return {};
  return access_.created(id, accessControlList);
}

Reply<void> JobStore::check(const User& user, std::int64_t id, JobRight right) const {
  if (user.admin) return {};
  bool allowed = access_.allows ? access_.allows(user, id, right) : ownerOf(id) == user.name;
  if (!allowed) return noJobRight(user, id, right);
  return {};
}

Reply<void> JobStore::change(std::int64_t id, const User& caller,
                             const std::function<Json(const Json& settings)>& change) {
  {
    std::lock_guard lock(mutex_);
    auto it = jobs_.find(id);
    if (it == jobs_.end()) return noSuchJob(id);
    Json settings = change(*it->second.settings);
    TROWEL_TRY(checkSettings(settings));
    TROWEL_TRY(admission_.check(settings, *it->second.settings, it->second.creator, caller));
    it->second.use(completeSettings(std::move(settings)));
    save(it->second);
  }
  if (listener_) listener_(id);
  return {};
}

Reply<void> JobStore::remove(std::int64_t id) {
  {
    std::lock_guard lock(mutex_);
    if (jobs_.erase(id) == 0) return noSuchJob(id);
    std::erase(order_, id);
    if (world_.state) world_.state->remove(kKind, std::to_string(id));
  }
  if (access_.removed) access_.removed(id);
  if (listener_) listener_(id);
  return {};
}

Reply<std::shared_ptr<const Json>> JobStore::admitOnce(Json settings, const User& caller) const {
  TROWEL_TRY(checkSettings(settings));
  if (core::arrayAt(settings, "tasks").empty()) return missingField("tasks");
  TROWEL_TRY(admission_.check(settings, Json::object(), caller.name, caller));
  return std::make_shared<const Json>(completeSubmit(std::move(settings)));
}

Reply<void> JobStore::addOneTime(std::int64_t id, const std::string& owner, const Json& accessControlList) {
  {
    std::lock_guard lock(mutex_);
    oneTime_[id] = owner;
  }
  auto granted = grant(id, accessControlList);
  if (!granted) removeOneTime(id);
  return granted;
}

void JobStore::removeOneTime(std::int64_t id) {
  {
    std::lock_guard lock(mutex_);
    oneTime_.erase(id);
  }
  if (access_.removed) access_.removed(id);
}

std::optional<std::string> JobStore::ownerOf(std::int64_t id) const {
  std::lock_guard lock(mutex_);
  if (auto job = jobs_.find(id); job != jobs_.end()) return job->second.creator;
  if (auto once = oneTime_.find(id); once != oneTime_.end()) return once->second;
  return std::nullopt;
}

std::optional<Job> JobStore::find(std::int64_t id) const {
  std::lock_guard lock(mutex_);
  auto it = jobs_.find(id);
  if (it == jobs_.end()) return std::nullopt;
  return it->second;
}

std::string JobStore::listed(std::span<const std::int64_t> ids) const {
  std::string items;
  std::lock_guard lock(mutex_);
  for (const auto id : ids)
    if (auto it = jobs_.find(id); it != jobs_.end()) items.append(items.empty() ? "" : ",").append(*it->second.listed);
  return items;
}

Reply<Job> JobStore::get(std::int64_t id) const {
  auto job = find(id);
  if (!job) return noSuchJob(id);
  return *std::move(job);
}

std::vector<std::int64_t> JobStore::ids() const {
  std::lock_guard lock(mutex_);
  return {order_.rbegin(), order_.rend()};
}

JobStore::Slice JobStore::slice(std::size_t first, std::size_t count) const {
  std::lock_guard lock(mutex_);
  const auto total = order_.size();
  first = std::min(first, total);
  count = std::min(count, total - first);
  const auto begin = order_.rbegin() + static_cast<std::ptrdiff_t>(first);
  return {.ids = {begin, begin + static_cast<std::ptrdiff_t>(count)}, .total = total};
}

void JobStore::save(const Job& job) {
  if (!world_.state) return;
  Json document{{"job_id", job.id},
                {"number", job.number},
                {"created_time", job.createdTime},
                {"creator", job.creator},
                {"settings", *job.settings}};
  world_.state->put(kKind, std::to_string(job.id), core::dumpJson(document));
}

}  // namespace trowel::emulator
