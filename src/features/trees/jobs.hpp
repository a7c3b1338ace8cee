// SPDX-License-Identifier: Apache-2.0
// The view Jobs: jobs by name, of each its tasks and its runs, of each run its tasks and their attempts. Ids are those
// of job_node.hpp.
#pragma once

#include "features/jobs/job_node.hpp"
#include "tree_view.hpp"
#include "trowel/databricks/runs.hpp"

namespace trowel::features {

class JobsView final : public TreeView {
 public:
  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>&) const override {
    return "the permission Can View, which shows you a job and its runs";
  }
  std::optional<core::Duration> idleInterval() const override { return std::chrono::seconds(60); }
  // Jobs have names to look for; what is below a job that is shown always is.
  bool matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
               std::string_view text) const override;

 private:
  core::Result<Rows> jobs(const RowsRequest& request) const;
  core::Result<Rows> tasks(const RowsRequest& request, std::int64_t jobId) const;
  // A page of the runs of a job, or of those without one where it is 0.
  core::Result<Rows> runs(const RowsRequest& request, std::int64_t jobId) const;
  core::Result<Rows> runTasks(const RowsRequest& request, std::int64_t runId) const;
  core::Result<Rows> attempts(const RowsRequest& request, const JobNode& node) const;
};

}  // namespace trowel::features
