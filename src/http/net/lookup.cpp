// SPDX-License-Identifier: Apache-2.0
#include "http/net/lookup.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cstring>
#include <thread>

#include "http/transport_error.hpp"

namespace trowel::http {

namespace {

int resolve(const std::string& host, std::uint16_t port, int flags, std::vector<Address>& found) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &list);
  if (code != 0) return code;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  for (const auto* one = list; one != nullptr; one = one->ai_next) {
    Address address;
    if (one->ai_addrlen > sizeof address.storage) continue;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    found.push_back(address);
  }
  return found.empty() ? EAI_NONAME : 0;
}

// Shared by the caller and the thread, so that either may be gone first.
struct Running {
  os::UniqueFd done{::eventfd(0, EFD_CLOEXEC)};
  std::mutex mutex;  // guards everything below
  int code = EAI_SYSTEM;
  std::vector<Address> found;
};

}  // namespace

int systemLookup(const std::string& host, std::uint16_t port, std::vector<Address>& found) {
  return resolve(host, port, AI_ADDRCONFIG, found);
}

std::expected<std::vector<Address>, TransportError> lookUp(const std::string& host, std::uint16_t port,
                                                           const Interrupt& interrupt, const SystemLookup& system) {
  std::vector<Address> literal;
  if (resolve(host, port, AI_NUMERICHOST, literal) == 0) return literal;

  auto running = std::make_shared<Running>();
  if (!running->done)
    return transportFailure(Stage::Lookup, core::ErrorCode::Unavailable,
                            "Trowel has too many files and connections open to look up a name.");
  std::thread([running, host, port, system] {
    std::vector<Address> found;
    const int code = system(host, port, found);
    {
      std::lock_guard lock(running->mutex);
      running->code = code;
      running->found = std::move(found);
    }
    ::eventfd_write(running->done.get(), 1);
  }).detach();
  if (interrupt.wait(running->done.get(), POLLIN) == Interrupt::Wake::Interrupted) return stopped();

  std::lock_guard lock(running->mutex);
  if (running->code == 0) return std::move(running->found);
  const bool unknown = running->code == EAI_NONAME || running->code == EAI_NODATA;
  return transportFailure(
      Stage::Lookup, core::ErrorCode::Unavailable,
      unknown ? fmt::format("There is no host {}. Check the address for typing errors.", host)
              : fmt::format("The name of the host {} cannot be looked up ({}). Check the network, or the VPN if the "
                            "host needs one.",
                            host, ::gai_strerror(running->code)));
}

}  // namespace trowel::http
