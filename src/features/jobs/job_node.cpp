// SPDX-License-Identifier: Apache-2.0
#include "job_node.hpp"

#include <fmt/format.h>

#include <charconv>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

// 0 where it is no positive number.
std::int64_t numberOf(std::string_view text) {
  std::int64_t value = 0;
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && stop == text.data() + text.size() && value > 0 ? value : 0;
}

}  // namespace

std::string idOf(const JobNode& node) {
  switch (node.kind) {
    case JobNode::Kind::Job:
      return fmt::format("job/{}", node.jobId);
    case JobNode::Kind::Tasks:
      return fmt::format("job/{}/tasks", node.jobId);
    case JobNode::Kind::Task:
      return fmt::format("job/{}/tasks/{}", node.jobId, node.task);
    case JobNode::Kind::Submitted:
      return "submitted";
    case JobNode::Kind::Run:
      return fmt::format("run/{}", node.runId);
    case JobNode::Kind::RunTask:
      return fmt::format("run/{}/{}", node.runId, node.task);
    case JobNode::Kind::Attempt:
      break;
  }
  return fmt::format("run/{}/{}/{}", node.runId, node.task, node.taskRunId);
}

std::optional<JobNode> jobNodeOf(std::string_view id) {
  using Kind = JobNode::Kind;
  if (id == "submitted") return JobNode{.kind = Kind::Submitted};
  auto parts = core::split(id, '/');  // keys of tasks have no slash
  if (parts.size() < 2 || parts.size() > 4) return std::nullopt;
  auto number = numberOf(parts[1]);
  if (number == 0) return std::nullopt;
  if (parts[0] == "job") {
    if (parts.size() == 2) return JobNode{.kind = Kind::Job, .jobId = number};
    if (parts[2] != "tasks") return std::nullopt;
    if (parts.size() == 3) return JobNode{.kind = Kind::Tasks, .jobId = number};
    return JobNode{.kind = Kind::Task, .jobId = number, .task = std::string(parts[3])};
  }
  if (parts[0] != "run") return std::nullopt;
  if (parts.size() == 2) return JobNode{.kind = Kind::Run, .runId = number};
  if (parts.size() == 3) return JobNode{.kind = Kind::RunTask, .runId = number, .task = std::string(parts[2])};
  auto taskRun = numberOf(parts[3]);
  if (taskRun == 0) return std::nullopt;
  return JobNode{.kind = Kind::Attempt, .runId = number, .task = std::string(parts[2]), .taskRunId = taskRun};
}

std::string textOf(const RunPage& page) {
  std::string text = std::to_string(page.until);
  char separator = '/';
  for (auto id : page.shown) {
    text += separator + std::to_string(id);
    separator = ',';
  }
  return text;
}

RunPage runPageOf(std::string_view text) {
  RunPage page;
  auto slash = text.find('/');
  page.until = numberOf(text.substr(0, slash));
  if (page.until == 0 || slash == std::string_view::npos) return page;
  for (auto id : core::split(text.substr(slash + 1), ','))
    if (auto number = numberOf(id); number != 0) page.shown.push_back(number);
  return page;
}

}  // namespace trowel::features
