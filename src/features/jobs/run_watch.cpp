// SPDX-License-Identifier: Apache-2.0
#include "run_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "run_report.hpp"
#include "run_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

constexpr int kWarning = 2;  // as window/showMessage counts
constexpr int kInfo = 3;
// Calls are repeated by themselves, too; after so many looks that failed one after the other nobody answers any more.
constexpr int kMostFailures = 10;

}  // namespace

core::Duration nextRunLook(core::Duration watchedFor) {
  return std::clamp<core::Duration>(watchedFor / 10, std::chrono::seconds(1), std::chrono::seconds(30));
}

bool RunWatch::watch(const connection::ConnectionPtr& connection, std::int64_t runId) {
  {
    std::lock_guard lock(mutex_);
    if (!keys_.insert({connection->generation, runId}).second) return false;
  }
  auto watched = std::make_shared<Watched>();
  watched->connection = connection;
  watched->runId = runId;
  watched->since = session_.clock().now();
  lookSoon(watched);
  return true;
}

void RunWatch::lookSoon(const std::shared_ptr<Watched>& watched) {
  session_.timer().after(nextRunLook(session_.clock().now() - watched->since), [this, watched] {
    if (!session_.background([this, watched](const core::CancelToken& cancel) { look(watched, cancel); }))
      lookSoon(watched);
  });
}

void RunWatch::look(const std::shared_ptr<Watched>& watched, const core::CancelToken& cancel) {
  core::CancelSource either(cancel);
  auto changed = watched->connection->cancel.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  auto run = databricks::Runs(watched->connection->rest).get(watched->runId, {.cancel = either.token()});
  if (either.token().cancelled()) return forget(*watched);
  if (!run) {
    if (run.error().code != core::ErrorCode::NotFound && ++watched->failures < kMostFailures) return lookSoon(watched);
    forget(*watched);
    return session_.editor().lifecycleShowMessage(
        {kWarning,
         core::redact(fmt::format("The run {} is not watched any longer. {}", watched->runId, run.error().message))});
  }
  watched->failures = 0;
  auto look = lookOf(run->state);
  if (std::exchange(watched->status, look.word) != look.word) tree_.changed(protocol::view::kJobs);
  if (!run->state.isOver()) return lookSoon(watched);
  forget(*watched);
  session_.editor().lifecycleShowMessage(
      {look.kind == RunKind::Succeeded ? kInfo : kWarning, core::redact(endSentence(*run))});
}

void RunWatch::forget(const Watched& watched) {
  std::lock_guard lock(mutex_);
  keys_.erase({watched.connection->generation, watched.runId});
}

}  // namespace trowel::features
