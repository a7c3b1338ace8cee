// SPDX-License-Identifier: Apache-2.0
#include "os/bounded_keyring.hpp"

#include <future>
#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_keyring.hpp"

namespace trowel::os {
namespace {

using core::ErrorCode;

// Waits in every call until it is let go, as a desktop that asks for a password.
class AskingKeyring final : public Keyring {
 public:
  core::Result<std::optional<core::SecretString>> get(const std::string&, const std::string&,
                                                      const core::CancelToken& cancel) override {
    wait(cancel);
    return core::SecretString("late");
  }
  core::Result<void> set(const std::string&, const std::string&, const core::SecretString&,
                         const core::CancelToken& cancel) override {
    wait(cancel);
    return {};
  }
  core::Result<void> remove(const std::string&, const std::string&, const core::CancelToken& cancel) override {
    wait(cancel);
    return {};
  }

  void letGo() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int calls() {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  void awaitCalls(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return calls_ >= count; });
  }
  core::CancelToken token() {
    std::lock_guard lock(mutex_);
    return token_;
  }

 private:
  void wait(const core::CancelToken& cancel) {
    std::unique_lock lock(mutex_);
    ++calls_;
    token_ = cancel;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  bool open_ = false;
  int calls_ = 0;
  core::CancelToken token_;
};

constexpr const char* kLate =
    "The keyring of this desktop did not answer within 3 seconds; it may be waiting for its password. Answer its "
    "question, or unlock it in the program 'Passwords and Keys'.";

TEST_CASE("how long a keyring's failure is believed") {
  CHECK(rememberedFor(ErrorCode::Unsupported) == core::Duration::max());
  CHECK(rememberedFor(ErrorCode::Unavailable) == std::chrono::seconds(60));
  CHECK(rememberedFor(ErrorCode::Cancelled) == core::Duration::zero());
  CHECK(rememberedFor(ErrorCode::Internal) == core::Duration::zero());
}

TEST_CASE("a keyring that answers is just used") {
  test::ManualClock clock;
  BoundedKeyring keyring(std::make_shared<test::MemoryKeyring>(), clock);
  CHECK_FALSE(keyring.get("trowel", "one", {}).value().has_value());
  REQUIRE(keyring.set("trowel", "one", core::SecretString("s3cret"), {}));
  CHECK(keyring.get("trowel", "one", {}).value()->reveal() == "s3cret");
  REQUIRE(keyring.remove("trowel", "one", {}));
  CHECK_FALSE(keyring.get("trowel", "one", {}).value().has_value());
}

TEST_CASE("a keyring that asks the user is left behind after three seconds, and used again once it is answered") {
  test::ManualClock clock;
  auto asking = std::make_shared<AskingKeyring>();
  BoundedKeyring keyring(asking, clock);
  auto first = std::async(std::launch::async, [&] { return keyring.get("trowel", "one", {}); });
  asking->awaitCalls(1);
  clock.awaitWaiters(1);
  clock.advance(kKeyringTimeout);
  auto late = first.get();
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::Unavailable);
  CHECK(late.error().message == kLate);
  CHECK(asking->token().reason() == core::CancelReason::Deadline);

  // Neither waits nor starts another thread, reads and writes alike.
  for (int i = 0; i < 100; ++i) {
    CHECK(keyring.get("trowel", "one", {}).error().message == kLate);
    CHECK(keyring.set("trowel", "one", core::SecretString("x"), {}).error().message == kLate);
  }
  CHECK(asking->calls() == 1);

  asking->letGo();
  auto again = keyring.get("trowel", "one", {});
  while (!again) {
    std::this_thread::yield();
    again = keyring.get("trowel", "one", {});
  }
  CHECK(again.value()->reveal() == "late");
}

TEST_CASE("who waits behind another call to the keyring waits no longer than three seconds either") {
  test::ManualClock clock;
  auto asking = std::make_shared<AskingKeyring>();
  BoundedKeyring keyring(asking, clock);
  auto first = std::async(std::launch::async, [&] { return keyring.get("trowel", "one", {}); });
  asking->awaitCalls(1);
  auto second = std::async(std::launch::async, [&] { return keyring.remove("trowel", "two", {}); });
  clock.awaitWaiters(2);
  clock.advance(kKeyringTimeout);
  CHECK(first.get().error().message == kLate);
  CHECK(second.get().error().message == kLate);
  CHECK(asking->calls() == 1);
  asking->letGo();
}

TEST_CASE("a call to the keyring ends when it is cancelled, whatever the keyring does") {
  test::ManualClock clock;
  auto asking = std::make_shared<AskingKeyring>();
  BoundedKeyring keyring(asking, clock);
  core::CancelSource source;
  auto first = std::async(std::launch::async, [&] { return keyring.get("trowel", "one", source.token()); });
  asking->awaitCalls(1);
  source.cancel(core::CancelReason::Client);
  auto stopped = first.get();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::Cancelled);
  CHECK(asking->token().reason() == core::CancelReason::Client);
  CHECK(keyring.get("trowel", "one", source.token()).error().code == ErrorCode::Cancelled);
  asking->letGo();
}

TEST_CASE("a call that was cancelled and hangs on is waited for only until its three seconds are over") {
  test::ManualClock clock;
  auto asking = std::make_shared<AskingKeyring>();
  BoundedKeyring keyring(asking, clock);
  core::CancelSource source;
  auto first = std::async(std::launch::async, [&] { return keyring.get("trowel", "one", source.token()); });
  asking->awaitCalls(1);
  clock.awaitWaiters(1);
  clock.advance(std::chrono::seconds(2));
  source.cancel(core::CancelReason::Client);
  CHECK(first.get().error().code == ErrorCode::Cancelled);
  clock.advance(std::chrono::seconds(1));
  CHECK(keyring.get("trowel", "one", {}).error().message == kLate);
  CHECK(asking->calls() == 1);
  asking->letGo();
}

TEST_CASE("no keyring is found out once") {
  test::ManualClock clock;
  auto inner = std::make_shared<test::MemoryKeyring>();
  inner->fail(core::Error{.code = ErrorCode::Unsupported, .message = "No library."});
  BoundedKeyring keyring(inner, clock);
  for (int i = 0; i < 3; ++i) {
    CHECK(keyring.get("trowel", "one", {}).error().message == "No library.");
    CHECK(keyring.set("trowel", "one", core::SecretString("x"), {}).error().message == "No library.");
    clock.advance(std::chrono::hours(24));
  }
  CHECK(inner->calls().size() == 1);
}

TEST_CASE("reads leave an unavailable keyring alone for a minute, and writes try it") {
  test::ManualClock clock;
  auto inner = std::make_shared<test::MemoryKeyring>();
  inner->fail(core::Error{.code = ErrorCode::Unavailable, .message = "Locked."});
  BoundedKeyring keyring(inner, clock);
  CHECK(keyring.get("trowel", "one", {}).error().message == "Locked.");
  clock.advance(std::chrono::seconds(59));
  CHECK(keyring.get("trowel", "one", {}).error().message == "Locked.");
  CHECK(inner->calls() == std::vector<std::string>{"get"});
  clock.advance(std::chrono::seconds(1));
  CHECK(keyring.get("trowel", "one", {}).error().message == "Locked.");
  CHECK(inner->calls() == std::vector<std::string>{"get", "get"});

  inner->fail({});
  CHECK_FALSE(keyring.get("trowel", "one", {}));
  REQUIRE(keyring.set("trowel", "one", core::SecretString("x"), {}));
  CHECK(keyring.get("trowel", "one", {}).value()->reveal() == "x");
}

}  // namespace
}  // namespace trowel::os
