// SPDX-License-Identifier: Apache-2.0
#include "http/net/connect.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <future>

#include "support/catch.hpp"
#include "support/fault_server.hpp"

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
    auto found = lookUp(host, 80, never(), unused);
    REQUIRE(found);
    CHECK(found->size() == 1);
  }
}

TEST_CASE("F36: a name that does not exist is told from a lookup that fails") {
  auto [code, words] = GENERATE(table<int, std::string>({
      {EAI_NONAME, "There is no host nowhere.example.com. Check the address for typing errors."},
      {EAI_AGAIN,
       "The name of the host nowhere.example.com cannot be looked up (Temporary failure in name resolution)"},
  }));
  auto failing = [code](const std::string&, std::uint16_t, std::vector<Address>&) { return code; };
  auto found = lookUp("nowhere.example.com", 80, never(), failing);
  REQUIRE_FALSE(found);
  CHECK(found.error().stage == Stage::Lookup);
  CHECK(found.error().message.starts_with(words));
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
  auto stopped = lookUp("slow.example.com", 80, *interrupt, hanging);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().stage == Stage::Stopped);
  end.set_value();
  ended.get_future().wait();
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
  CHECK(none.error().message.starts_with("Nothing answers at http://x (Connection refused)."));
}
