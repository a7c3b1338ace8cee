// SPDX-License-Identifier: Apache-2.0
#include "outgoing_calls.hpp"

#include <vector>

namespace trowel::rpc {

namespace {

constexpr std::string_view kGone = "The editor has ended the conversation.";

}  // namespace

core::Result<core::Json> OutgoingCalls::request(std::string_view method, const core::Json& params,
                                                const core::CancelToken& cancel, core::Duration timeout) {
  auto call = std::make_shared<Call>();
  std::int64_t id = 0;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return core::fail(core::ErrorCode::Unavailable, std::string(kGone));
    id = nextId_++;
    calls_.emplace(id, call);
  }
  outbox_.push(requestText(id, method, params));

  auto wake = cancel.onCancel([call] {
    std::lock_guard lock(call->mutex);
    call->changed.notify_all();
  });
  auto deadline = timeout == kNoTimeout ? core::TimePoint::max() : clock_.now() + timeout;
  std::optional<core::Result<core::Json>> answer;
  {
    std::unique_lock lock(call->mutex);
    clock_.waitUntil(lock, call->changed, deadline, [&] { return call->answer || cancel.cancelled(); });
    answer = std::move(call->answer);
  }
  {
    std::lock_guard lock(mutex_);
    calls_.erase(id);
  }
  if (answer) return *std::move(answer);
  outbox_.push(notificationText("$/cancelRequest", {{"id", id}}));
  if (cancel.cancelled()) return std::unexpected(cancel.error("Asking the editor"));
  return core::fail(core::ErrorCode::DeadlineExceeded,
                    "The editor did not answer '" + std::string(method) + "' in time.");
}

void OutgoingCalls::notify(std::string_view method, const core::Json& params, Delivery delivery) {
  outbox_.push(notificationText(method, params), delivery);
}

void OutgoingCalls::answer(Response response) {
  const auto* id = std::get_if<std::int64_t>(&response.id);
  if (id == nullptr) return;
  std::shared_ptr<Call> call;
  {
    std::lock_guard lock(mutex_);
    auto it = calls_.find(*id);
    if (it == calls_.end()) return;
    call = it->second;
    calls_.erase(it);
  }
  std::lock_guard lock(call->mutex);
  call->answer = std::move(response.result);
  call->changed.notify_all();
}

void OutgoingCalls::close() {
  std::map<std::int64_t, std::shared_ptr<Call>> calls;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    calls.swap(calls_);
  }
  for (auto& [id, call] : calls) {
    std::lock_guard lock(call->mutex);
    call->answer = core::fail(core::ErrorCode::Unavailable, std::string(kGone));
    call->changed.notify_all();
  }
}

}  // namespace trowel::rpc
