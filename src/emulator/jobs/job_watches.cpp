// SPDX-License-Identifier: Apache-2.0
// As at the service a file counts when its name is new: one that is overwritten starts nothing.
#include "emulator/jobs/job_watches.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/jobs/field_rules.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/sqlite.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxFiles = 10'000;  // that a folder may have: what comes behind them is not seen

const Json& triggerOf(const Job& job) { return core::objectAt(*job.settings, "trigger"); }

bool isFiles(const Json& trigger) { return has(trigger, "file_arrival"); }

// The part that says what to look at.
const Json& contentOf(const Json& trigger) {
  return core::objectAt(trigger, isFiles(trigger) ? "file_arrival" : "table_update");
}

std::vector<std::string> tablesOf(const Json& trigger) {
  std::vector<std::string> names;
  for (const auto& name : core::arrayAt(contentOf(trigger), "table_names"))
    if (name.is_string()) names.push_back(name);
  return names;
}

// Milliseconds.
std::int64_t spanAt(const Json& content, const char* field) {
  return std::min<std::int64_t>(core::intAt(content, field), 1'000'000'000) * 1000;
}

// Adds to `updated` what is new or other in `now`; whether there is anything.
bool addNews(const Json& before, const Json& now, Json& updated) {
  bool news = false;
  for (const auto& [name, value] : now.items()) {
    auto old = before.find(name);
    if (old != before.end() && *old == value) continue;
    updated[name] = true;
    news = true;
  }
  return news;
}

bool isEnough(const Json& trigger, const Json& updated) {
  if (updated.empty()) return false;
  if (isFiles(trigger) || core::stringAt(contentOf(trigger), "condition") != "ALL_UPDATED") return true;
  return std::ranges::all_of(tablesOf(trigger), [&](const std::string& name) { return updated.contains(name); });
}

core::Result<std::map<std::string, std::string>> readVersions(const std::filesystem::path& file,
                                                              const std::vector<std::string>& names) {
  std::map<std::string, std::string> versions;
  auto database = TROWEL_TRY(os::Database::open(file.string()));
  for (const auto& name : names) {
    auto rows =
        TROWEL_TRY(database.prepare("SELECT version, timestamp FROM __history WHERE name=? ORDER BY version DESC"));
    TROWEL_TRY(rows.bindAll(core::toLower(name)));
    if (TROWEL_TRY(rows.step())) versions[name] = std::string(rows.text(0)) + " " + std::string(rows.text(1));
  }
  return versions;
}

}  // namespace

std::vector<std::string> filesBeneath(const std::filesystem::path& root, const std::string& url) {
  std::vector<std::string> files;
  auto parts = core::split(url, '/');
  bool inside = url.starts_with("/Volumes/") && url.find('\0') == std::string::npos &&
                std::ranges::find(parts, "..") == parts.end();
  if (!inside) return files;
  auto folder = root / url.substr(1);
  std::error_code problem;
  auto entries = std::filesystem::recursive_directory_iterator(
      folder, std::filesystem::directory_options::skip_permission_denied, problem);
  while (!problem && entries != std::filesystem::end(entries) && files.size() < kMaxFiles) {
    std::error_code gone;
    if (entries->symlink_status(gone).type() == std::filesystem::file_type::regular)
      files.push_back(entries->path().lexically_relative(folder).string());
    entries.increment(problem);
  }
  return files;
}

std::map<std::string, std::string> tableVersions(const std::filesystem::path& file,
                                                 const std::vector<std::string>& names) {
  auto versions = readVersions(file, names);
  if (!versions) core::logWarn("emulator", core::describe(versions.error()));
  return versions.value_or(std::map<std::string, std::string>());
}

JobWatches::JobWatches(World& world, TriggerSources sources)
    : world_(world), sources_(std::move(sources)), seen_(world.state, "job_watch") {}

bool JobWatches::has(const Job& job) {
  const Json& trigger = triggerOf(job);
  return !contentOf(trigger).empty() && core::stringAt(trigger, "pause_status") != "PAUSED";
}

// By name, with something that tells a later state from this one.
Json JobWatches::see(const Json& trigger) const {
  Json found = Json::object();
  if (isFiles(trigger) && sources_.files)
    for (auto& file : sources_.files(core::stringAt(contentOf(trigger), "url"))) found[core::toValidUtf8(file)] = true;
  if (!isFiles(trigger) && sources_.tables)
    for (auto& [name, version] : sources_.tables(tablesOf(trigger))) found[name] = version;
  return found;
}

void JobWatches::follow(std::int64_t jobId, const std::optional<Job>& job) {
  std::lock_guard lock(mutex_);
  std::string key = std::to_string(jobId);
  if (!job || !has(*job)) {
    seen_.remove(key);
    return;
  }
  const Json& trigger = triggerOf(*job);
  if (auto before = seen_.find(key); before && core::objectAt(*before, "trigger") == trigger) return;
  seen_.put(key, {{"trigger", trigger}, {"known", see(trigger)}, {"updated", Json::object()}});
}

std::optional<std::string> JobWatches::look(const Job& job) {
  std::lock_guard lock(mutex_);
  std::string key = std::to_string(job.id);
  auto stored = seen_.find(key);
  if (!stored) return std::nullopt;
  Json watch = *stored;
  const Json& trigger = triggerOf(job);
  const Json& content = contentOf(trigger);
  std::int64_t now = world_.now();
  Json found = see(trigger);
  if (addNews(core::objectAt(watch, "known"), found, watch["updated"])) watch["changed"] = now;
  watch["known"] = std::move(found);
  bool due = isEnough(trigger, watch["updated"]) &&
             now >= core::intAt(watch, "changed") + spanAt(content, "wait_after_last_change_seconds") &&
             now >= core::intAt(watch, "started") + spanAt(content, "min_time_between_triggers_seconds");
  if (due) {
    watch["updated"] = Json::object();
    watch["started"] = now;
  }
  if (watch != *stored) seen_.put(key, watch);
  if (!due) return std::nullopt;
  return isFiles(trigger) ? "FILE_ARRIVAL" : "TABLE";
}

}  // namespace trowel::emulator
