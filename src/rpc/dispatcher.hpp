// SPDX-License-Identifier: Apache-2.0
// Decides what a message is at this point of the conversation and runs it on its lane. Main thread, but for replies.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "message.hpp"
#include "outbox.hpp"
#include "outgoing_calls.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/rpc/binder.hpp"

namespace trowel::rpc {

class Dispatcher {
 public:
  Dispatcher(const Binder& binder, Outbox& outbox, OutgoingCalls& outgoing, core::WorkerPool& pool)
      : binder_(binder), outbox_(outbox), outgoing_(outgoing), pool_(pool) {}

  void dispatch(Message message);

  // A batch has been dispatched. A cancel overtakes its request into the batch before at most: what has found none
  // by the end of the next came too late.
  void caughtUp() { earlier_ = std::exchange(early_, {}); }

  bool exited() const { return exited_; }
  bool shutDown() const { return state_ == State::ShutDown; }

  // Cancels what runs. Requests that come later are cancelled from the start.
  void cancelAll(core::CancelReason reason);

 private:
  enum class State : std::uint8_t { Fresh, Initialized, ShutDown };

  // Answers once; an owner that ends without an answer is a fault of ours, which the editor must not wait for.
  class Reply {
   public:
    Reply(Dispatcher& dispatcher, Id id) : dispatcher_(dispatcher), id_(std::move(id)) {}
    ~Reply();
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    void send(const core::Result<core::Json>& result);

   private:
    Dispatcher& dispatcher_;
    Id id_;
    bool sent_ = false;
  };

  void request(Request request);
  void notification(Notification notification);
  void cancel(const core::Json& params);
  void runInline(const Binder::BoundRequest& bound, Request& request);
  void runOnWorker(const Binder::BoundRequest& bound, Request request);
  std::shared_ptr<core::Strand> strandFor(const std::string& key);
  void answer(const Id& id, const core::Result<core::Json>& result);

  const Binder& binder_;
  Outbox& outbox_;
  OutgoingCalls& outgoing_;
  core::WorkerPool& pool_;
  State state_ = State::Fresh;
  bool exited_ = false;
  std::set<Id> early_;    // cancelled before they were dispatched, in this batch
  std::set<Id> earlier_;  // and in the one before
  std::unordered_map<std::string, std::weak_ptr<core::Strand>> strands_;

  core::CancelSource all_;
  std::mutex mutex_;  // guards running_, from which replying threads erase
  std::map<Id, core::CancelSource> running_;
};

}  // namespace trowel::rpc
