// SPDX-License-Identifier: Apache-2.0
#include "rpc/dispatcher.hpp"

#include "support/catch.hpp"

using namespace trowel;
using core::Json;

namespace {

struct Fixture {
  std::mutex mutex;
  std::string written;
  core::WorkerPool pool{2, 100};
  rpc::Binder binder;
  rpc::Outbox outbox{[this](std::string_view bytes) {
                       std::lock_guard lock(mutex);
                       written += bytes;
                       return true;
                     },
                     1024, core::systemClock()};
  rpc::OutgoingCalls outgoing{outbox, core::systemClock()};
  rpc::Dispatcher dispatcher{binder, outbox, outgoing, pool};

  Fixture() {
    auto nothing = [](const Json&, rpc::CallContext&) -> core::Result<Json> { return Json(); };
    binder.request("initialize", rpc::Lane::inlined(), nothing);
    binder.request("work", rpc::Lane::worker(), nothing);
    dispatcher.dispatch(rpc::Request{0, "initialize", {}});
  }
  ~Fixture() { pool.stop(); }

  void work(std::int64_t id) { dispatcher.dispatch(rpc::Request{id, "work", {}}); }
  void cancel(std::int64_t id) { dispatcher.dispatch(rpc::Notification{"$/cancelRequest", {{"id", id}}}); }

  // Everything that was answered.
  std::string answers() {
    pool.stop();
    outbox.finish(std::chrono::seconds(60), [] {});
    std::lock_guard lock(mutex);
    return written;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a cancel that overtook its request into the batch before still counts") {
  cancel(1);
  dispatcher.caughtUp();
  work(1);
  CHECK(answers().find(R"("Cancelled")") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a cancel that came too late is forgotten") {
  cancel(1);
  dispatcher.caughtUp();
  dispatcher.caughtUp();
  work(1);
  CHECK(answers().find(R"("Cancelled")") == std::string::npos);
}
