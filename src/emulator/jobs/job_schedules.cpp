// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/job_schedules.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/jobs/cron.hpp"
#include "emulator/jobs/field_rules.hpp"
#include "trowel/core/log.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Between two runs of a continuous job; after failures twice as long each time, up to the limit. Milliseconds.
constexpr std::int64_t kContinuousPause = 30'000;
constexpr std::int64_t kMaxContinuousPause = 3'600'000;
constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kLook = 60'000;  // between two looks at files and tables

bool paused(const Json& trigger) { return core::stringAt(trigger, "pause_status") == "PAUSED"; }

std::int64_t periodOf(const Json& periodic) {
  std::string unit = core::stringAt(periodic, "unit");
  std::int64_t hours = unit == "WEEKS" ? 7 * 24 : unit == "DAYS" ? 24 : 1;
  return std::clamp<std::int64_t>(core::intAt(periodic, "interval", 1), 1, 100'000) * hours * kHour;
}

bool isContinuous(const Json& settings) {
  return has(settings, "continuous") && !paused(core::objectAt(settings, "continuous"));
}

}  // namespace

JobSchedules::JobSchedules(World& world, JobStore& jobs, RunEngine& engine, TriggerSources sources)
    : world_(world),
      jobs_(jobs),
      engine_(engine),
      watches_(world, std::move(sources)),
      timer_(world.clock),
      pool_(1, 16, "schedule") {}

JobSchedules::~JobSchedules() { stop(); }

void JobSchedules::begin() {
  {
    std::lock_guard lock(mutex_);
    running_ = true;
  }
  for (const auto id : jobs_.ids()) changed(id);
}

void JobSchedules::stop() {
  {
    std::lock_guard lock(mutex_);
    running_ = false;
    entries_.clear();
  }
  timer_.stop();
  pool_.stop();
}

std::optional<std::int64_t> JobSchedules::momentAfter(const Job& job, std::int64_t now) const {
  const Json& settings = *job.settings;
  const Json& schedule = core::objectAt(settings, "schedule");
  if (!schedule.empty() && !paused(schedule)) {
    auto cron = Cron::parse(core::stringAt(schedule, "quartz_cron_expression"));
    auto zone = TimeZone::find(core::stringAt(schedule, "timezone_id"));
    if (!cron || !zone) return std::nullopt;
    return cron->next(now, *zone);
  }
  if (JobWatches::has(job)) return now + kLook;
  const Json& trigger = core::objectAt(settings, "trigger");
  const Json& periodic = core::objectAt(trigger, "periodic");
  if (!periodic.empty() && !paused(trigger)) {
    std::int64_t period = periodOf(periodic);
    return job.createdTime + ((now - job.createdTime) / period + 1) * period;
  }
  return std::nullopt;
}

void JobSchedules::plan(std::int64_t jobId, std::int64_t now) {
  auto job = jobs_.find(jobId);
  auto moment = job ? momentAfter(*job, now) : std::nullopt;
  if (moment)
    entries_[jobId] = {.moment = *moment};
  else
    entries_.erase(jobId);
}

void JobSchedules::changed(std::int64_t jobId) {
  auto job = jobs_.find(jobId);
  watches_.follow(jobId, job);
  bool goOn = job && isContinuous(*job->settings) && !engine_.hasActiveRun(jobId);
  {
    std::lock_guard lock(mutex_);
    if (!running_) return;
    plan(jobId, world_.now());
    if (goOn) entries_[jobId] = {.moment = world_.now()};
  }
  settle();
}

void JobSchedules::ended(const JobRun& run) {
  auto job = jobs_.find(run.jobId);
  if (!job || !isContinuous(*job->settings) || run.ending == Ending::MaximumConcurrentRuns) return;
  std::lock_guard lock(mutex_);
  if (!running_) return;
  Entry& entry = entries_[run.jobId];
  entry.failures = isFailure(run.ending) ? std::min(entry.failures + 1, 16) : 0;
  entry.moment = world_.now() + std::min(kContinuousPause << entry.failures, kMaxContinuousPause);
  arm();
}

void JobSchedules::settle() {
  std::lock_guard settling(settling_);
  std::vector<std::int64_t> due;
  {
    std::lock_guard lock(mutex_);
    std::int64_t now = world_.now();
    for (const auto& [id, entry] : entries_)
      if (entry.moment <= now) due.push_back(id);
    for (auto id : due) {
      int failures = entries_[id].failures;
      plan(id, now);
      // A continuous job comes again when its run has ended, and remembers how the last ones did.
      if (!entries_.contains(id))
        entries_[id] = {.moment = std::numeric_limits<std::int64_t>::max(), .failures = failures};
    }
    arm();
  }
  for (auto id : due) fire(id);
}

void JobSchedules::fire(std::int64_t jobId) {
  auto job = jobs_.find(jobId);
  if (!job || core::arrayAt(*job->settings, "tasks").empty()) return;
  std::optional<std::string> trigger = has(*job->settings, "continuous") ? "CONTINUOUS" : "PERIODIC";
  if (JobWatches::has(*job)) trigger = watches_.look(*job);
  if (!trigger) return;
  auto run = engine_.start(runOf(*job, job->creator, *trigger, Json::object()));
  if (!run) core::logError("emulator", "A scheduled run could not be started: " + run.error().message);
}

std::optional<std::int64_t> JobSchedules::nextStart(std::int64_t jobId) {
  std::lock_guard lock(mutex_);
  auto it = entries_.find(jobId);
  if (it == entries_.end()) return std::nullopt;
  return it->second.moment;
}

// One timer, for whatever comes next.
void JobSchedules::arm() {
  if (timerId_ != 0) timer_.cancel(timerId_);
  timerId_ = 0;
  if (!running_ || entries_.empty()) return;
  auto first = std::ranges::min_element(entries_, {}, [](const auto& entry) { return entry.second.moment; });
  std::int64_t wait = std::clamp<std::int64_t>(first->second.moment - world_.now(), 0, 24 * kHour);
  timerId_ = timer_.after(std::chrono::milliseconds(wait), [this] {
    core::Job job = [this] { settle(); };
    (void)pool_.submit(job);
  });
}

}  // namespace trowel::emulator
