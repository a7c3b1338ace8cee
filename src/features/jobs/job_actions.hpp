// SPDX-License-Identifier: Apache-2.0
// What is done with jobs: running them, their schedules and definitions, and jobs made of notebooks and files.
// Running and schedules are in job_actions.cpp, definitions in job_editing.cpp, notebooks and files in job_scripts.cpp,
// what is asked about those in job_script_choice.cpp.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "features/action.hpp"
#include "features/connections/offers.hpp"
#include "features/tree.hpp"
#include "job_definition.hpp"
#include "run_watch.hpp"
#include "script_source.hpp"
#include "script_task.hpp"
#include "trowel/databricks/jobs.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class JobActions final : public protocol::JobCommands {
 public:
  struct Parts {
    Session& session;
    Tree& tree;
    RunWatch& watch;
    const Offers& offers;
    core::CancelToken ending;  // cancelled when Trowel must end now: until then a run's leavings are removed
  };

  explicit JobActions(Parts parts)
      : session_(parts.session),
        tree_(parts.tree),
        watch_(parts.watch),
        offers_(parts.offers),
        ending_(std::move(parts.ending)) {}

  core::Result<core::Json> run(protocol::CommandCall& call) override;
  core::Result<core::Json> pause(protocol::CommandCall& call) override;
  core::Result<core::Json> resume(protocol::CommandCall& call) override;
  core::Result<core::Json> cancelRuns(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;
  core::Result<core::Json> openInBrowser(protocol::CommandCall& call) override;

  core::Result<core::Json> editJson(protocol::CommandCall& call) override;
  core::Result<core::Json> editYaml(protocol::CommandCall& call) override;
  core::Result<core::Json> save(protocol::CommandCall& call) override;
  core::Result<core::Json> send(protocol::CommandCall& call) override;

  core::Result<core::Json> createFromFile(protocol::CommandCall& call) override;
  core::Result<core::Json> runFile(protocol::CommandCall& call) override;

 private:
  using Fits = bool (*)(const databricks::Job&);

  // The jobs that a command was called on, or that the user picks.
  core::Result<std::vector<std::int64_t>> jobs(Action& action, const Action::Question& question, Fits fits);
  core::Result<std::int64_t> job(Action& action, const Action::Question& question, Fits fits);
  Action::Offer offer(const Action& action, Fits fits);

  core::Result<core::Json> setPaused(protocol::CommandCall& call, bool paused);
  core::Result<core::Json> edit(protocol::CommandCall& call, DefinitionFormat format);
  // The job that a definition is for; nothing: a new one.
  core::Result<std::optional<std::int64_t>> receiver(Action& action, const databricks::Jobs& service,
                                                     const JobDefinition& definition);

  // What a user chose for a script the last time, to be offered first.
  struct Choice {
    std::string compute;  // the row's id
    std::string packages;
    std::string parameters;
  };
  struct Task {
    TaskCompute compute;
    core::Json parameters;
  };
  // On what a script is to run, and with which parameters. `key` tells scripts apart.
  core::Result<Task> askTask(Action& action, const connection::Connection& connection, const Script& script,
                             const std::string& key);
  core::Result<TaskCompute> askCompute(Action& action, const connection::Connection& connection, const Script& script,
                                       Choice& choice);
  // When a new job starts by itself.
  core::Result<core::Json> askStart(Action& action);

  Session& session_;
  Tree& tree_;
  RunWatch& watch_;
  const Offers& offers_;
  core::CancelToken ending_;
  std::mutex mutex_;  // guards what follows
  std::map<std::string, Choice> choices_;
};

}  // namespace trowel::features
