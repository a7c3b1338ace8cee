// SPDX-License-Identifier: Apache-2.0
#include "http/net/connect.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <condition_variable>
#include <future>

#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "trowel/http/retry.hpp"

using namespace trowel;
using namespace trowel::http;

namespace {

Interrupt never() { return Interrupt::create({}).value(); }

Address ipv4(const char* text, std::uint16_t port) {
  Address address;
  auto& in = reinterpret_cast<sockaddr_in&>(address.storage);
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  ::inet_pton(AF_INET, text, &in.sin_addr);
  address.size = sizeof in;
  return address;
}

std::uint16_t portOf(const test::FaultServer& server) {
  return static_cast<std::uint16_t>(std::stoi(server.origin().substr(server.origin().rfind(':') + 1)));
}

}  // namespace

TEST_CASE("a literal address needs no lookup") {
  auto unused = [](const std::string&, std::uint16_t, std::vector<Address>&) -> int { throw std::logic_error("used"); };
  for (auto host : {"127.0.0.1", "::1"}) {
    auto found = Resolver(unused).lookUp(host, 80, never());
    REQUIRE(found);
    CHECK(found->size() == 1);
  }
}

TEST_CASE("F36: a name that does not exist is told from a lookup that fails") {
  auto [code, words] = GENERATE(table<int, std::string>({
      {EAI_NONAME, "There is no host nowhere.example.com. Check the address for typing errors."},
      {EAI_NODATA, "There is no host nowhere.example.com. Check the address for typing errors."},
      {EAI_AGAIN,
       "The name of the host nowhere.example.com cannot be looked up (Temporary failure in name resolution). Check the "
       "network, or the VPN if the host needs one."},
      {EAI_FAIL,
       "The name of the host nowhere.example.com cannot be looked up (Non-recoverable failure in name resolution). "
       "Check the network, or the VPN if the host needs one."},
  }));
  auto failing = [code](const std::string&, std::uint16_t, std::vector<Address>&) { return code; };
  auto found = Resolver(failing).lookUp("nowhere.example.com", 80, never());
  REQUIRE_FALSE(found);
  CHECK(found.error().stage == Stage::Lookup);
  CHECK(found.error().message == words);
  CHECK(verdictOf(found.error()) == Verdict::Final);
}

TEST_CASE("H20: a lookup that never ends is left behind") {
  std::promise<void> begun;
  std::promise<void> end;
  std::promise<void> ended;
  auto hanging = [&](const std::string&, std::uint16_t, std::vector<Address>&) {
    begun.set_value();
    end.get_future().wait();
    ended.set_value();
    return EAI_AGAIN;
  };
  const core::CancelSource source;
  auto interrupt = Interrupt::create(source.token());
  std::jthread user([&] {
    begun.get_future().wait();
    source.cancel(core::CancelReason::Client);
  });
  auto stopped = Resolver(hanging).lookUp("slow.example.com", 80, *interrupt);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().stage == Stage::Stopped);
  CHECK(stopped.error().message ==
        "The host's name was still being looked up. Check the network, or the VPN if the host needs one.");
  end.set_value();
  ended.get_future().wait();
}

namespace {

// A system whose lookups hang until it is opened.
struct HangingSystem {
  std::mutex mutex;  // guards everything below
  std::condition_variable changed;
  int begun = 0;
  int running = 0;
  bool open = false;

  int lookUp(std::vector<Address>& found) {
    std::unique_lock lock(mutex);
    ++begun;
    ++running;
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
    --running;
    changed.notify_all();
    found.push_back(ipv4("127.0.0.1", 80));
    return 0;
  }
  void await(const std::function<bool()>& ready) {
    std::unique_lock lock(mutex);
    changed.wait(lock, ready);
  }
};

}  // namespace

TEST_CASE(
    "F36: hanging lookups take so many threads and no more, and whoever comes later waits, until he is cancelled") {
  HangingSystem system;
  Resolver resolver(
      [&](const std::string&, std::uint16_t, std::vector<Address>& found) { return system.lookUp(found); });
  auto cancelled = [&](const std::function<bool()>& when) {
    const core::CancelSource source;
    auto interrupt = Interrupt::create(source.token());
    std::jthread user([&] {
      system.await(when);
      source.cancel(core::CancelReason::Client);
    });
    auto left = resolver.lookUp("slow.example.com", 80, *interrupt);
    return !left && left.error().stage == Stage::Stopped;
  };
  for (int i = 1; i <= Resolver::kMaxThreads; ++i) CHECK(cancelled([&, i] { return system.begun == i; }));
  for (int i = 0; i < 3; ++i) CHECK(cancelled([] { return true; }));
  CHECK(system.begun == Resolver::kMaxThreads);

  std::jthread network([&] {
    std::lock_guard lock(system.mutex);
    system.open = true;
    system.changed.notify_all();
  });
  auto found = resolver.lookUp("slow.example.com", 80, never());
  REQUIRE(found);
  CHECK(found->size() == 1);
  system.await([&] { return system.running == 0; });
  CHECK(system.begun == Resolver::kMaxThreads + 1);  // nobody looks up for those who have gone
}

TEST_CASE("the next address is tried where one refuses") {
  test::FaultServer server({{test::awaitClose()}});
  const auto port = portOf(server);
  // Nothing listens at the same port of 127.0.0.2.
  auto socket = connectTo({ipv4("127.0.0.2", port), ipv4("127.0.0.1", port)}, "x", never());
  CHECK(socket);
  auto none = connectTo({ipv4("127.0.0.2", port), ipv4("127.0.0.3", port)}, "http://x", never());
  REQUIRE_FALSE(none);
  CHECK(none.error().stage == Stage::Connect);
  CHECK(none.error().message ==
        "Nothing answers at http://x (Connection refused). Check that the address is right and the server runs.");
  CHECK(verdictOf(none.error()) == Verdict::Final);
}

TEST_CASE("F36: an address without a route, and many that refuse, cost no more than the one that answers") {
  test::FaultServer server({{test::awaitClose()}});
  const auto port = portOf(server);
  Address unroutable;  // IPv6 with a scope that does not exist
  auto& in = reinterpret_cast<sockaddr_in6&>(unroutable.storage);
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  in.sin6_scope_id = 0x7FFFFFFF;
  ::inet_pton(AF_INET6, "fe80::1", &in.sin6_addr);
  unroutable.size = sizeof in;
  std::vector<Address> addresses{unroutable};
  for (int i = 2; i < 60; ++i) addresses.push_back(ipv4(("127.0.0." + std::to_string(i)).c_str(), port));
  CHECK_FALSE(connectTo(addresses, "http://x", never()));
  addresses.push_back(ipv4("127.0.0.1", port));
  CHECK(connectTo(addresses, "http://x", never()));
}
