// SPDX-License-Identifier: Apache-2.0
// The table of calls to the editor that wait for their answer.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "message.hpp"
#include "outbox.hpp"
#include "trowel/rpc/outgoing.hpp"

namespace trowel::rpc {

class OutgoingCalls final : public Outgoing {
 public:
  OutgoingCalls(Outbox& outbox, core::Clock& clock) : outbox_(outbox), clock_(clock) {}

  core::Result<core::Json> request(std::string_view method, const core::Json& params, const core::CancelToken& cancel,
                                   core::Duration timeout) override;
  void notify(std::string_view method, const core::Json& params, Delivery delivery) override;

  // Main thread: an answer came. One that nobody waits for any more is dropped.
  void answer(Response response);

  // Every waiting and every later call fails with Unavailable.
  void close();

 private:
  struct Call {
    std::mutex mutex;  // guards answer
    std::condition_variable changed;
    std::optional<core::Result<core::Json>> answer;
  };

  Outbox& outbox_;
  core::Clock& clock_;
  std::mutex mutex_;  // guards everything below
  std::map<std::int64_t, std::shared_ptr<Call>> calls_;
  std::int64_t nextId_ = 1;
  bool closed_ = false;
};

}  // namespace trowel::rpc
