// SPDX-License-Identifier: Apache-2.0
// All runs, what their tasks left behind, and the idempotency tokens: in memory and in the state file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/jobs/job_run.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

struct RunOutput {
  core::Json output;       // as runs/get-output has it, without metadata
  std::string exportHtml;  // of a notebook
};

// Not thread-safe: the engine guards it.
class RunStore {
 public:
  using Forgotten = std::function<void(const JobRun& run)>;
  // Loads what is there and forgets runs that are older than the service keeps them. `forgotten` hears of each run that
  // goes, by age or by remove().
  RunStore(World& world, Forgotten forgotten);

  JobRun& add(JobRun run);  // gives it its place in the order; save() is the caller's
  void save(const JobRun& run);
  void index(const JobRun& run);  // lets findByTask() know attempts that save() has not seen
  void remove(std::int64_t runId);
  void forgetOld();

  JobRun* find(std::int64_t runId);
  // The run that the attempt of this id belongs to.
  JobRun* findByTask(std::int64_t taskRunId);
  // Until `visit` has had enough.
  void visitNewestFirst(const std::function<bool(const JobRun& run)>& visit) const;
  // Runs that have not ended, oldest first.
  std::vector<JobRun*> active();
  bool wasActive(const JobRun& run) const { return active_.contains(run.sequence); }  // when it was saved last

  void putOutput(std::int64_t taskRunId, RunOutput output);
  const RunOutput* output(std::int64_t taskRunId) const;

  // The run that was started with the idempotency token of `run`, even if somebody has deleted it. Tokens count among
  // the runs of one job, or of one user's one-time runs, as long as the service keeps runs.
  std::optional<std::int64_t> withTokenOf(const JobRun& run) const;

 private:
  struct Token {
    std::int64_t runId = 0;
    std::int64_t time = 0;  // milliseconds since 1970
  };

  void load();
  void remember(const JobRun& run);

  World& world_;
  const Forgotten forgotten_;
  std::int64_t nextSequence_ = 1;
  std::map<std::int64_t, std::unique_ptr<JobRun>> runs_;  // by sequence
  std::map<std::int64_t, JobRun*> byId_;
  std::map<std::int64_t, JobRun*> byTask_;  // filled by index()
  std::set<std::int64_t> active_;           // sequences; kept by save()
  std::map<std::int64_t, RunOutput> outputs_;
  std::map<std::string, Token> tokens_;  // by tokenKey()
};

}  // namespace trowel::emulator
