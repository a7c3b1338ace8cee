// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/run_store.hpp"

#include <algorithm>

#include "emulator/state/state_file.hpp"
#include "trowel/core/log.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kRun = "job_run";
constexpr std::string_view kOutput = "job_run_output";
constexpr std::string_view kToken = "job_run_token";
constexpr std::int64_t kRetention = 60LL * 24 * 3600 * 1000;  // milliseconds, rest-api.md 9.4

// What a token must be unique among, and the token; empty without one.
std::string tokenKey(const JobRun& run) {
  if (run.idempotencyToken.empty()) return {};
  std::string among = run.type == "JOB_RUN" ? "job:" + std::to_string(run.jobId) : "submit:" + run.creator;
  return among + ":" + run.idempotencyToken;
}

}  // namespace

RunStore::RunStore(World& world, Forgotten forgotten) : world_(world), forgotten_(std::move(forgotten)) {
  load();
  forgetOld();
}

void RunStore::load() {
  if (!world_.state) return;
  auto document = [](const std::string& key, const std::string& text) {
    auto parsed = core::parseJson(text);
    if (!parsed) core::logError("emulator", "The state file holds a damaged run: " + key);
    return parsed ? *std::move(parsed) : Json();
  };
  world_.state->load(kRun, [&](const std::string& key, const std::string& text, const std::string&) {
    Json stored = document(key, text);
    if (!stored.is_object()) return;
    auto run = std::make_unique<JobRun>(jobRunFrom(stored));
    nextSequence_ = std::max(nextSequence_, run->sequence + 1);
    byId_[run->id] = run.get();
    for (const auto& attempt : run->attempts) byTask_[attempt.runId] = run.get();
    if (run->active()) active_.insert(run->sequence);
    runs_[run->sequence] = std::move(run);
  });
  world_.state->load(kOutput, [&](const std::string& key, const std::string& text, std::string html) {
    Json stored = document(key, text);
    std::int64_t id = core::intAt(stored, "run_id");
    if (byTask_.contains(id)) outputs_[id] = {core::objectAt(stored, "output"), std::move(html)};
  });
  world_.state->load(kToken, [&](const std::string& key, const std::string& text, const std::string&) {
    Json stored = document(key, text);
    tokens_[key] = {.runId = core::intAt(stored, "run_id"), .time = core::intAt(stored, "time")};
  });
}

JobRun& RunStore::add(JobRun run) {
  run.sequence = nextSequence_++;
  auto owned = std::make_unique<JobRun>(std::move(run));
  JobRun& added = *owned;
  runs_[added.sequence] = std::move(owned);
  byId_[added.id] = &added;
  remember(added);
  return added;
}

void RunStore::remember(const JobRun& run) {
  std::string key = tokenKey(run);
  if (key.empty()) return;
  tokens_[key] = {.runId = run.id, .time = run.startTime};
  if (world_.state) world_.state->put(kToken, key, core::dumpJson(Json{{"run_id", run.id}, {"time", run.startTime}}));
}

void RunStore::save(const JobRun& run) {
  index(run);
  if (run.active())
    active_.insert(run.sequence);
  else
    active_.erase(run.sequence);
  if (world_.state) world_.state->put(kRun, std::to_string(run.id), core::dumpJson(toJson(run)));
}

void RunStore::index(const JobRun& run) {
  JobRun* stored = byId_.at(run.id);
  for (const auto& attempt : run.attempts) byTask_[attempt.runId] = stored;
}

void RunStore::remove(std::int64_t runId) {
  JobRun* run = find(runId);
  if (!run) return;
  for (const auto& attempt : run->attempts) {
    byTask_.erase(attempt.runId);
    if (outputs_.erase(attempt.runId) != 0 && world_.state)
      world_.state->remove(kOutput, std::to_string(attempt.runId));
  }
  if (world_.state) world_.state->remove(kRun, std::to_string(runId));
  forgotten_(*run);
  active_.erase(run->sequence);
  byId_.erase(runId);
  runs_.erase(run->sequence);
}

void RunStore::forgetOld() {
  std::int64_t limit = world_.now() - kRetention;
  std::vector<std::int64_t> old;
  for (const auto& [sequence, run] : runs_) {
    if (run->startTime >= limit) break;
    if (!run->active() && run->endTime < limit) old.push_back(run->id);
  }
  for (auto id : old) remove(id);
  std::erase_if(tokens_, [&](const auto& entry) {
    if (entry.second.time >= limit || byId_.contains(entry.second.runId)) return false;
    if (world_.state) world_.state->remove(kToken, entry.first);
    return true;
  });
}

JobRun* RunStore::find(std::int64_t runId) {
  auto it = byId_.find(runId);
  return it == byId_.end() ? nullptr : it->second;
}

JobRun* RunStore::findByTask(std::int64_t taskRunId) {
  auto it = byTask_.find(taskRunId);
  return it == byTask_.end() ? nullptr : it->second;
}

void RunStore::visitNewestFirst(const std::function<bool(const JobRun& run)>& visit) const {
  for (auto it = runs_.rbegin(); it != runs_.rend() && visit(*it->second);) ++it;
}

std::vector<JobRun*> RunStore::active() {
  std::vector<JobRun*> runs;
  for (auto sequence : active_) runs.push_back(runs_.at(sequence).get());
  return runs;
}

void RunStore::putOutput(std::int64_t taskRunId, RunOutput output) {
  if (world_.state) {
    Json document{{"run_id", taskRunId}, {"output", output.output}};
    world_.state->put(kOutput, std::to_string(taskRunId), core::dumpJson(document), output.exportHtml);
  }
  outputs_[taskRunId] = std::move(output);
}

const RunOutput* RunStore::output(std::int64_t taskRunId) const {
  auto it = outputs_.find(taskRunId);
  return it == outputs_.end() ? nullptr : &it->second;
}

std::optional<std::int64_t> RunStore::withTokenOf(const JobRun& run) const {
  auto it = tokens_.find(tokenKey(run));
  if (it == tokens_.end()) return std::nullopt;
  return it->second.runId;
}

}  // namespace trowel::emulator
