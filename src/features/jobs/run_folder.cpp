// SPDX-License-Identifier: Apache-2.0
#include "run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "trowel/core/text.hpp"
#include "trowel/databricks/runs.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

constexpr std::string_view kPrefix = ".trowel-run-";
constexpr auto kTidyingTime = std::chrono::seconds(10);
constexpr std::size_t kRandomBytes = 8;
// Clocks of two machines differ, and a folder is there a moment before its run.
constexpr std::int64_t kOld = 3600;  // seconds

std::int64_t secondsOf(core::Clock& clock) {
  return std::chrono::duration_cast<std::chrono::seconds>(clock.wallNow().time_since_epoch()).count();
}

}  // namespace

RunFolder::RunFolder(const databricks::RestClient& rest, const std::string& home, core::CancelToken ending)
    : workspace_(rest),
      path_(fmt::format("{}/{}{}-{}", home, kPrefix, secondsOf(rest.clock()), core::randomHex(kRandomBytes))),
      ending_(std::move(ending)) {}

Result<void> RunFolder::make(const core::CancelToken& cancel) {
  made_ = true;  // even where the answer is lost
  return workspace_.mkdirs(path_, {.cancel = cancel});
}

Result<void> RunFolder::remove() {
  if (!made_) return {};
  auto done = workspace_.remove(path_, true, {.cancel = ending_, .timeout = kTidyingTime});
  if (done || done.error().code == ErrorCode::NotFound) return {};
  return core::failBecause(
      done.error(), fmt::format("The folder {} of the workspace could not be removed. Delete it there. {}", path_,
                                done.error().message));
}

bool isOldRunFolder(std::string_view name, std::int64_t now) {
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  std::int64_t made = 0;
  auto [stop, problem] = std::from_chars(name.data(), name.data() + name.size(), made);
  return problem == std::errc() && stop != name.data() + name.size() && *stop == '-' && made < now - kOld;
}

Result<void> sweepRunFolders(const databricks::RestClient& rest, const std::string& home,
                             const core::CancelToken& cancel) {
  databricks::Workspace workspace(rest);
  const auto now = secondsOf(rest.clock());
  auto old = TROWEL_TRY(workspace.list(home, {.cancel = cancel}).all());
  std::erase_if(old, [&](const databricks::WorkspaceObject& object) {
    return object.type != "DIRECTORY" || !isOldRunFolder(object.name(), now);
  });
  if (old.empty()) return {};
  databricks::RunFilter filter;
  filter.activity = databricks::RunActivity::Active;
  filter.type = "SUBMIT_RUN";
  filter.tasks = true;
  auto active = TROWEL_TRY(databricks::Runs(rest).list(filter, {.cancel = cancel}).all());
  for (const auto& folder : old) {
    const auto inside = folder.path + "/";
    const bool used = std::ranges::any_of(active, [&](const databricks::Run& run) {
      return std::ranges::any_of(run.tasks,
                                 [&](const databricks::RunTask& task) { return task.task.target.contains(inside); });
    });
    if (!used) TROWEL_TRY(workspace.remove(folder.path, true, {.cancel = cancel}));
  }
  return {};
}

}  // namespace trowel::features
