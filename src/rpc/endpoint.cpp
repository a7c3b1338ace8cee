// SPDX-License-Identifier: Apache-2.0
// Three stages, each handing over in batches: rpc-read parses, main dispatches, rpc-write writes. While main works
// through a batch the outbox is corked, so that a burst of small requests costs one write.
#include "trowel/rpc/endpoint.hpp"

#include <array>
#include <atomic>
#include <thread>

#include "dispatcher.hpp"
#include "inbox.hpp"
#include "outbox.hpp"
#include "outgoing_calls.hpp"
#include "trowel/core/log.hpp"
#include "trowel/rpc/framing.hpp"

namespace trowel::rpc {

namespace {

bool isUrgent(const Message& message) {
  if (std::holds_alternative<Response>(message)) return true;
  const auto* note = std::get_if<Notification>(&message);
  return note != nullptr && note->method == "$/cancelRequest";
}

}  // namespace

class Endpoint::Impl {
 public:
  Impl(Streams streams, core::WorkerPool& pool, core::Clock& clock, EndpointLimits limits)
      : streams_(std::move(streams)),
        inbox_(limits.pendingBytes),
        outbox_([this](std::string_view bytes) { return write(bytes); }, limits.backlogBytes, clock),
        outgoing_(outbox_, clock),
        dispatcher_(binder_, outbox_, outgoing_, pool) {}

  ~Impl() { close(); }

  Ending run() {
    reader_ = std::thread([this] { read(); });
    Ending ending = dispatchAll();
    dispatcher_.cancelAll(ending == Ending::EndOfInput ? core::CancelReason::Disconnected : stopReason_.load());
    outgoing_.close();
    streams_.interrupt(false);
    reader_.join();
    return ending;
  }

  void stop(core::CancelReason reason) {
    stopReason_ = reason;
    inbox_.end(Ending::Stopped);
  }

  void close() {
    outbox_.finish(std::chrono::seconds(2), [this] { streams_.interrupt(true); });
  }

  Binder binder_;
  Streams streams_;
  Inbox inbox_;
  Outbox outbox_;
  OutgoingCalls outgoing_;
  Dispatcher dispatcher_;

 private:
  Ending dispatchAll() {
    while (true) {
      auto batch = inbox_.take();
      Outbox::Cork cork(outbox_);
      for (auto& message : batch.urgent) dispatcher_.dispatch(std::move(message));
      for (auto& message : batch.normal) {
        for (auto& urgent : inbox_.takeUrgent()) dispatcher_.dispatch(std::move(urgent));
        dispatcher_.dispatch(std::move(message));
        if (dispatcher_.exited()) return Ending::Exit;
      }
      dispatcher_.caughtUp();
      inbox_.done(batch.bytes);
      if (batch.ending) return *batch.ending;
    }
  }

  // Nobody reads what the daemon says: the conversation is over, even where input still comes.
  bool write(std::string_view bytes) {
    if (streams_.write(bytes)) return true;
    inbox_.end(Ending::EndOfInput);
    return false;
  }

  void read() {
    core::nameThread("rpc-read");
    FrameReader frames;
    std::array<char, 64UL * 1024> buffer;
    while (true) {
      auto size = streams_.read(buffer.data(), buffer.size());
      if (size == 0) break;
      frames.feed({buffer.data(), size});
      while (auto frame = frames.next()) accept(*frame);
    }
    if (frames.pending() > 0)
      core::logError("rpc", "input ended inside a message, " + std::to_string(frames.pending()) +
                                (frames.expected() ? " of " + std::to_string(*frames.expected()) : "") + " bytes read");
    inbox_.end(Ending::EndOfInput);
  }

  void accept(Frame& frame) {
    if (!frame.problem.empty()) {
      core::logError("rpc", frame.problem);
      core::Error error;
      error.code = core::ErrorCode::InvalidRequest;
      error.message = frame.problem;
      outbox_.push(errorReply(std::nullopt, error));
      return;
    }
    auto message = parseMessage(frame.body);
    if (isUrgent(message)) return inbox_.pushUrgent(std::move(message));
    if (inbox_.push(message, frame.body.size())) return;
    if (const auto* call = std::get_if<Request>(&message)) {
      core::Error error;
      error.code = core::ErrorCode::Overloaded;
      error.message = "Too much is waiting to be read by Trowel. Try again when some requests have ended.";
      outbox_.push(errorReply(call->id, error));
    } else {
      core::logWarn("rpc", "a message was dropped: too much is waiting");
    }
  }

  std::atomic<core::CancelReason> stopReason_ = core::CancelReason::Shutdown;
  std::thread reader_;
};

Endpoint::Endpoint(Streams streams, core::WorkerPool& pool, core::Clock& clock, EndpointLimits limits)
    : impl_(std::make_unique<Impl>(std::move(streams), pool, clock, limits)) {}

Endpoint::~Endpoint() = default;

Binder& Endpoint::binder() { return impl_->binder_; }
Outgoing& Endpoint::outgoing() { return impl_->outgoing_; }
Ending Endpoint::run() { return impl_->run(); }
void Endpoint::stop(core::CancelReason reason) { impl_->stop(reason); }
bool Endpoint::shutDown() const { return impl_->dispatcher_.shutDown(); }
void Endpoint::close() { impl_->close(); }

}  // namespace trowel::rpc
