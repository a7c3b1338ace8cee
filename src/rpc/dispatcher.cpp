// SPDX-License-Identifier: Apache-2.0
// Exactly one reply: a request is in `running_` from its dispatch to its reply, and Reply answers in its destructor
// what nobody answered. A second request with an id that still runs is refused under that id.
#include "dispatcher.hpp"

#include "trowel/core/log.hpp"

namespace trowel::rpc {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

template <typename Run>
auto guarded(Run run) -> decltype(run()) {
  try {
    return run();
  } catch (const std::exception& e) {
    return core::fail(ErrorCode::Internal, "Something went wrong inside Trowel. The log tells more.", e.what());
  }
}

}  // namespace

Dispatcher::Reply::~Reply() {
  if (!sent_) send(core::fail(ErrorCode::Internal, "Trowel ended the request without an answer."));
}

void Dispatcher::Reply::send(const Result<Json>& result) {
  if (std::exchange(sent_, true)) return;
  {
    std::lock_guard lock(dispatcher_.mutex_);
    dispatcher_.running_.erase(id_);
  }
  dispatcher_.answer(id_, result);
}

void Dispatcher::answer(const Id& id, const Result<Json>& result) {
  if (result) {
    outbox_.push(successReply(id, *result));
  } else {
    if (result.error().code != ErrorCode::Cancelled) core::logWarn("rpc", core::describe(result.error()));
    outbox_.push(errorReply(id, result.error()));
  }
}

void Dispatcher::dispatch(Message message) {
  if (auto* call = std::get_if<Request>(&message)) {
    request(std::move(*call));
  } else if (auto* note = std::get_if<Notification>(&message)) {
    notification(std::move(*note));
  } else if (auto* response = std::get_if<Response>(&message)) {
    outgoing_.answer(std::move(*response));
  } else {
    outbox_.push(std::get<Malformed>(message).reply);
  }
}

void Dispatcher::request(Request call) {
  bool isInitialize = call.method == "initialize";
  if (state_ == State::Fresh && !isInitialize)
    return answer(call.id, core::fail(ErrorCode::NotInitialized, "The first request must be 'initialize'."));
  if (state_ == State::ShutDown)
    return answer(call.id,
                  core::fail(ErrorCode::InvalidRequest, "Trowel is shutting down and takes no more requests."));
  if (state_ == State::Initialized && isInitialize)
    return answer(call.id, core::fail(ErrorCode::InvalidRequest, "The conversation is initialized already."));
  const auto* bound = binder_.findRequest(call.method);
  if (bound == nullptr)
    return answer(call.id, core::fail(ErrorCode::MethodNotFound, "Trowel has no method '" + call.method + "'."));
  if (bound->lane.kind == Lane::Kind::Inline) return runInline(*bound, call);
  runOnWorker(*bound, std::move(call));
}

void Dispatcher::runInline(const Binder::BoundRequest& bound, Request& call) {
  CallContext context;
  auto result = guarded([&] { return bound.run(call.params, context); });
  if (result && call.method == "initialize") state_ = State::Initialized;
  answer(call.id, result);
  if (call.method == "shutdown") {
    state_ = State::ShutDown;
    cancelAll(core::CancelReason::Shutdown);
  }
}

void Dispatcher::runOnWorker(const Binder::BoundRequest& bound, Request call) {
  core::CancelSource source(all_.token());
  {
    std::lock_guard lock(mutex_);
    if (!running_.emplace(call.id, source).second)
      return answer(call.id, core::fail(ErrorCode::InvalidRequest, "A request with this id is running already."));
  }
  if (early_.erase(call.id) + earlier_.erase(call.id) > 0) source.cancel(core::CancelReason::Client);

  std::string key;
  if (bound.lane.kind == Lane::Kind::Serial) key = core::stringAt(call.params, bound.lane.key.c_str());
  auto reply = std::make_shared<Reply>(*this, call.id);
  core::Job job = [this, &bound, reply, params = std::move(call.params), token = source.token(),
                   method = std::move(call.method)] {
    if (token.cancelled()) return reply->send(std::unexpected(token.error("'" + method + "'")));
    CallContext context{token,
                        Progress(outgoing_, params.is_object() ? params.value("workDoneToken", Json()) : Json())};
    auto result = guarded([&] { return bound.run(params, context); });
    context.progress = Progress();  // its end goes out before the reply
    reply->send(result);
  };
  bool taken =
      bound.lane.kind == Lane::Kind::Serial ? strandFor(bound.lane.key + "=" + key)->submit(job) : pool_.submit(job);
  if (!taken)
    reply->send(core::fail(ErrorCode::Overloaded, "Too many requests are waiting. Try again when some have ended."));
}

std::shared_ptr<core::Strand> Dispatcher::strandFor(const std::string& key) {
  auto& known = strands_[key];
  auto strand = known.lock();
  if (!strand) {
    strand = core::Strand::create(pool_);
    known = strand;
    if (strands_.size() > 1000) std::erase_if(strands_, [](const auto& entry) { return entry.second.expired(); });
  }
  return strand;
}

void Dispatcher::notification(Notification note) {
  if (note.method == "exit") {
    exited_ = true;
    return;
  }
  if (note.method == "$/cancelRequest") return cancel(note.params);
  if (state_ != State::Initialized) return;
  const auto* bound = binder_.findNotification(note.method);
  if (bound == nullptr) {
    if (!note.method.starts_with("$/")) core::logDebug("rpc", "no such notification: " + note.method);
    return;
  }
  auto result = guarded([&] { return (*bound)(note.params); });
  if (!result) core::logWarn("rpc", note.method + ": " + core::describe(result.error()));
}

void Dispatcher::cancel(const Json& params) {
  if (!params.is_object() || !params.contains("id")) return;
  const auto& field = params["id"];
  Id id;
  if (field.is_number_integer()) {
    id = field.get<std::int64_t>();
  } else if (field.is_string()) {
    id = field.get<std::string>();
  } else {
    return;
  }
  std::unique_lock lock(mutex_);
  auto it = running_.find(id);
  if (it == running_.end()) {
    early_.insert(std::move(id));
    return;
  }
  auto source = it->second;
  lock.unlock();
  source.cancel(core::CancelReason::Client);
}

void Dispatcher::cancelAll(core::CancelReason reason) { all_.cancel(reason); }

}  // namespace trowel::rpc
