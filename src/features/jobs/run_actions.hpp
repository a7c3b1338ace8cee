// SPDX-License-Identifier: Apache-2.0
// What is done with runs: reading their output, cancelling, repairing and watching them.
#pragma once

#include <vector>

#include "features/action.hpp"
#include "features/tree.hpp"
#include "job_node.hpp"
#include "run_report.hpp"
#include "run_watch.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

struct RunReport {
  databricks::Run run;
  std::vector<TaskReport> tasks;
};

// The run with the output of its tasks; of one task or attempt only where the node names it.
core::Result<RunReport> readReport(const databricks::RestClient& rest, const JobNode& node,
                                   const core::CancelToken& cancel);

class RunActions final : public protocol::RunCommands {
 public:
  RunActions(Session& session, Tree& tree, RunWatch& watch) : session_(session), tree_(tree), watch_(watch) {}

  core::Result<core::Json> output(protocol::CommandCall& call) override;
  core::Result<core::Json> outputJson(protocol::CommandCall& call) override;
  core::Result<core::Json> cancel(protocol::CommandCall& call) override;
  core::Result<core::Json> repair(protocol::CommandCall& call) override;
  core::Result<core::Json> watch(protocol::CommandCall& call) override;
  core::Result<core::Json> openInBrowser(protocol::CommandCall& call) override;

 private:
  using Fits = bool (*)(const databricks::Run&);

  // The runs and tasks of runs that a command was called on, or recent runs that the user picks.
  core::Result<std::vector<JobNode>> targets(Action& action, const Action::Question& question, Fits fits, bool many);
  core::Result<JobNode> target(Action& action, const Action::Question& question, Fits fits);

  Session& session_;
  Tree& tree_;
  RunWatch& watch_;
};

}  // namespace trowel::features
