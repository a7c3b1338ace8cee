// SPDX-License-Identifier: Apache-2.0
// A conversation with handlers of the test's own: lanes, order, limits, cancellation, one reply each.
#include "trowel/rpc/endpoint.hpp"

#include <atomic>
#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_editor.hpp"

using namespace trowel::rpc;
using namespace trowel::test;
using trowel::core::CancelReason;
using trowel::core::Json;
using trowel::core::Result;

namespace {

// Opens once, for good.
class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void await() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Waits for the gate or the cancellation.
Result<Json> awaitOrCancelled(Gate& gate, CallContext& call) {
  auto wake = call.cancel.onCancel([&] { gate.open(); });
  gate.await();
  if (call.cancel.cancelled()) return std::unexpected(call.cancel.error("The test"));
  return Json("through");
}

struct Conversation {
  explicit Conversation(EndpointLimits limits = {}, std::size_t threads = 8, std::size_t waiting = 100)
      : pool(threads, waiting), endpoint(streamsOver(input, output), pool, trowel::core::systemClock(), limits) {
    endpoint.binder().request("initialize", Lane::inlined(), [](const Json&, CallContext&) { return Json::object(); });
    endpoint.binder().request("shutdown", Lane::inlined(), [](const Json&, CallContext&) { return Json(); });
  }
  ~Conversation() {
    input.close();
    if (server.joinable()) server.join();
    CHECK(editor->unpaired().empty());
  }

  void run() {
    editor = std::make_unique<ScriptedEditor>(input, output);
    server = std::thread([this] {
      endpoint.run();
      pool.stop();
      endpoint.close();
      output.close();
    });
    editor->reply(editor->send("initialize", Json::object()));
  }
  void bind(const std::string& method, Lane lane, Binder::RequestHandler handler) {
    endpoint.binder().request(method, std::move(lane), std::move(handler));
  }
  int code(const Json& id) { return editor->reply(id)["error"]["code"]; }

  MemoryPipe input;
  MemoryPipe output;
  trowel::core::WorkerPool pool;
  Endpoint endpoint;
  std::unique_ptr<ScriptedEditor> editor;
  std::thread server;
};

}  // namespace

TEST_CASE("a serial lane keeps the order of one key and lets other keys pass") {
  Gate gate;
  std::mutex mutex;
  std::vector<std::string> order;
  Conversation talk;
  talk.bind("serial", Lane::serial("key"), [&](const Json& params, CallContext&) -> Result<Json> {
    if (params["name"] == "first") gate.await();
    std::lock_guard lock(mutex);
    order.push_back(params["name"]);
    return Json();
  });
  talk.run();
  std::vector<std::int64_t> ids;
  for (const auto* name : {"first", "second", "third"})
    ids.push_back(talk.editor->send("serial", {{"key", "a"}, {"name", name}}));
  talk.editor->reply(talk.editor->send("serial", {{"key", "b"}, {"name", "other"}}));
  gate.open();
  for (auto id : ids) talk.editor->reply(id);
  CHECK(order == std::vector<std::string>{"other", "first", "second", "third"});
}

TEST_CASE("a cancelled request that still waits in its lane is never run") {
  Gate gate;
  std::atomic<int> runs = 0;
  Conversation talk;
  talk.bind("serial", Lane::serial("key"), [&](const Json&, CallContext&) -> Result<Json> {
    ++runs;
    gate.await();
    return Json();
  });
  talk.run();
  auto first = talk.editor->send("serial", Json::object());
  auto second = talk.editor->send("serial", Json::object());
  talk.editor->notify("$/cancelRequest", {{"id", second}});
  // Behind the cancel, so it has been seen.
  talk.editor->reply(talk.editor->send("initialize", Json::object()));
  gate.open();
  CHECK(talk.editor->reply(first).contains("result"));
  CHECK(talk.code(second) == -32800);
  CHECK(runs == 1);
}

TEST_CASE("a cancel carries its reason to the handler, and a second one changes nothing") {
  Gate started;
  Gate gate;
  std::atomic<CancelReason> reason = CancelReason::None;
  Conversation talk;
  talk.bind("wait", Lane::worker(), [&](const Json&, CallContext& call) {
    started.open();
    auto result = awaitOrCancelled(gate, call);
    reason = call.cancel.reason();
    return result;
  });
  talk.run();
  auto id = talk.editor->send("wait", Json::object());
  started.await();
  talk.editor->notify("$/cancelRequest", {{"id", id}});
  talk.editor->notify("$/cancelRequest", {{"id", id}});
  CHECK(talk.code(id) == -32800);
  CHECK(reason == CancelReason::Client);
}

TEST_CASE("the end of the input cancels what runs, with that as the reason") {
  Gate started;
  Gate gate;
  std::atomic<CancelReason> reason = CancelReason::None;
  Conversation talk;
  talk.bind("wait", Lane::worker(), [&](const Json&, CallContext& call) {
    started.open();
    auto result = awaitOrCancelled(gate, call);
    reason = call.cancel.reason();
    return result;
  });
  talk.run();
  auto id = talk.editor->send("wait", Json::object());
  started.await();
  talk.input.close();
  CHECK(talk.code(id) == -32800);
  CHECK(reason == CancelReason::Disconnected);
}

TEST_CASE("a handler that throws answers with an internal error, and the thread lives on") {
  Conversation talk;
  auto broken = [](const Json&, CallContext&) -> Result<Json> { throw std::runtime_error("secret inside"); };
  talk.bind("inline", Lane::inlined(), broken);
  talk.bind("worker", Lane::worker(), broken);
  talk.run();
  for (const auto* method : {"inline", "worker", "inline", "worker"}) {
    auto reply = talk.editor->reply(talk.editor->send(method, Json::object()));
    CHECK(reply["error"]["code"] == -32603);
    CHECK(reply.dump().find("secret inside") == std::string::npos);
  }
}

TEST_CASE("more waiting requests than the pool takes are refused as overload") {
  Gate gate;
  Conversation talk({}, 1, 3);
  talk.bind("wait", Lane::worker(), [&](const Json&, CallContext&) -> Result<Json> {
    gate.await();
    return Json();
  });
  talk.run();
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(talk.editor->send("wait", Json::object()));
  CHECK(talk.code(ids.back()) == -32000);
  gate.open();
  int served = 0;
  for (auto id : ids) served += talk.editor->reply(id).contains("result") ? 1 : 0;
  CHECK(served >= 3);
  CHECK(served <= 4);
}

TEST_CASE("more bytes than the limit wait: overload, and it passes") {
  Gate started;
  Gate gate;
  Conversation talk({.pendingBytes = 10000});
  talk.bind("block", Lane::inlined(), [&](const Json&, CallContext&) -> Result<Json> {
    started.open();
    gate.await();
    return Json();
  });
  talk.bind("echo", Lane::inlined(), [](const Json& params, CallContext&) -> Result<Json> { return params; });
  talk.run();
  auto block = talk.editor->send("block", Json::object());
  started.await();
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(talk.editor->send("echo", {{"text", std::string(1000, 'x')}}));
  // The reader goes on although main is busy: it has refused what was too much.
  talk.input.awaitDrained();
  gate.open();
  talk.editor->reply(block);
  CHECK(talk.code(ids.back()) == -32000);
  int served = 0;
  for (auto id : ids) served += talk.editor->reply(id).contains("result") ? 1 : 0;
  CHECK(served >= 5);
  CHECK(served < 20);
  // And then it is over.
  CHECK(talk.editor->reply(talk.editor->send("echo", Json::object())).contains("result"));
}

TEST_CASE("calls to the editor come back with its answer, its error, or the end") {
  Conversation talk;
  talk.bind("ask", Lane::worker(), [&](const Json& params, CallContext& call) {
    return talk.endpoint.outgoing().request(params["method"].get<std::string>(), Json::object(), call.cancel,
                                            kNoTimeout);
  });
  talk.run();
  talk.editor->on("good", [](const Json&) { return Json("fine"); });
  talk.editor->on("never", [](const Json&) { return std::nullopt; });
  CHECK(talk.editor->reply(talk.editor->send("ask", {{"method", "good"}}))["result"] == "fine");

  auto cancelled = talk.editor->send("ask", {{"method", "never"}});
  talk.editor->await("never");
  talk.editor->notify("$/cancelRequest", {{"id", cancelled}});
  CHECK(talk.code(cancelled) == -32800);
  talk.editor->await("$/cancelRequest");

  talk.editor->forget();
  auto last = talk.editor->send("ask", {{"method", "never"}});
  talk.editor->await("never");
  talk.input.close();
  CHECK(talk.editor->reply(last).contains("error"));
}

TEST_CASE("droppable notifications are left out while the editor does not read, certain ones are not") {
  constexpr int kCount = 1000;
  Conversation talk({.backlogBytes = 10000});
  Gate flooded;
  talk.bind("flood", Lane::worker(), [&](const Json&, CallContext&) -> Result<Json> {
    Json params{{"text", std::string(1000, 'x')}};
    for (int i = 0; i < kCount; ++i) {
      talk.endpoint.outgoing().notify("progress", params, Delivery::Droppable);
      if (i % 100 == 0) talk.endpoint.outgoing().notify("important", params, Delivery::Certain);
    }
    flooded.open();
    return Json();
  });
  talk.run();
  talk.editor->freeze();
  auto id = talk.editor->send("flood", Json::object());
  flooded.await();
  talk.editor->thaw();
  talk.editor->reply(id);
  CHECK(talk.editor->heard("important").size() == kCount / 100);
  CHECK(talk.editor->heard("progress").size() < kCount);
}
