// SPDX-License-Identifier: Apache-2.0
#include "kernel/remote_context.hpp"

#include "kernel/poll_pace.hpp"
#include "kernel/time_limit.hpp"

namespace trowel::kernel {

namespace {

constexpr int kCreateAttempts = 3;
constexpr auto kReadyTimeout = std::chrono::minutes(5);
constexpr auto kProbeTimeout = std::chrono::seconds(15);

bool mentions(const core::Error& error, std::string_view text) {
  return error.message.find(text) != std::string::npos || error.detail.find(text) != std::string::npos;
}

}  // namespace

bool isTransient(const core::Error& error) {
  switch (error.httpStatus) {
    case 0:
      return error.code == core::ErrorCode::Unavailable || error.code == core::ErrorCode::DeadlineExceeded ||
             error.code == core::ErrorCode::DataLoss;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return error.code == core::ErrorCode::DataLoss || error.code == core::ErrorCode::RateLimited;
  }
}

core::Result<std::string> RemoteContext::create(const core::CancelToken& cancel) const {
  const Grace grace(environment, cancel);
  PollPace pace(kClusterPoll, environment.random);
  for (int attempt = 1;; ++attempt) {
    auto created = commands.createContext(clusterId, "python", {.cancel = grace.token()});
    if (created) return created;
    const auto& error = created.error();
    if (mentions(error, "Too many execution contexts")) {
      return core::failBecause(error,
                               "The cluster holds as many sessions as it can (145). Close notebooks that use it, here "
                               "or in the workspace, or restart the cluster.");
    }
    // A busy cluster answers 500 and means "not now"; it has created nothing.
    bool busy = error.httpStatus == 500 && error.code == core::ErrorCode::Unavailable;
    if (!busy || attempt == kCreateAttempts) return created;
    if (!cancel.waitFor(environment.clock, pace.next())) return created;
  }
}

core::Result<void> RemoteContext::awaitReady(const std::string& contextId, const core::CancelToken& cancel) const {
  PollPace pace(kCommandPoll, environment.random);
  const auto deadline = environment.clock.now() + kReadyTimeout;
  while (true) {
    auto status = commands.contextStatus(clusterId, contextId, {.cancel = cancel});
    if (cancel.cancelled()) return std::unexpected(cancel.error("Starting the session"));
    if (!status && !isTransient(status.error())) return std::unexpected(std::move(status).error());
    if (status && status->isRunning()) return {};
    if (status && status->status == "Error") {
      return core::fail(core::ErrorCode::Conflict,
                        "The cluster could not start a session for this notebook. Its driver may be overloaded: try "
                        "again, or restart the cluster.");
    }
    if (environment.clock.now() >= deadline) {
      return core::fail(core::ErrorCode::DeadlineExceeded,
                        "The cluster did not get a session ready within 5 minutes. Its driver may be overloaded: try "
                        "again, or restart the cluster.");
    }
    if (!cancel.waitFor(environment.clock, pace.next())) return std::unexpected(cancel.error("Starting the session"));
  }
}

ContextHealth RemoteContext::health(const std::string& contextId, const core::CancelToken& cancel) const {
  auto status = commands.contextStatus(clusterId, contextId, {.cancel = cancel, .timeout = kProbeTimeout});
  if (status) return status->status == "Error" ? ContextHealth::Gone : ContextHealth::Alive;
  const auto& error = status.error();
  if (error.code == core::ErrorCode::Cancelled) return ContextHealth::Unknown;
  bool aboutUs = error.code == core::ErrorCode::Unauthenticated || error.code == core::ErrorCode::PermissionDenied;
  return isTransient(error) || aboutUs ? ContextHealth::Unknown : ContextHealth::Gone;
}

}  // namespace trowel::kernel
