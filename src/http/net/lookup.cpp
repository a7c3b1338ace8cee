// SPDX-License-Identifier: Apache-2.0
#include "http/net/lookup.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cstring>
#include <deque>
#include <mutex>
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

}  // namespace

int systemLookup(const std::string& host, std::uint16_t port, std::vector<Address>& found) {
  return resolve(host, port, AI_ADDRCONFIG, found);
}

// Of the caller until it is in the queue, of the queue's mutex from then on; whoever is last ends it.
struct Resolver::Job {
  std::string host;
  std::uint16_t port = 0;
  os::UniqueFd done{::eventfd(0, EFD_CLOEXEC)};
  int code = EAI_SYSTEM;
  std::vector<Address> found = {};
};

struct Resolver::Queue {
  SystemLookup system;
  std::mutex mutex;  // guards everything below, and the results of jobs
  std::deque<std::shared_ptr<Job>> waiting;
  int threads = 0;
};

Resolver::Resolver(SystemLookup system) : queue_(std::make_shared<Queue>()) { queue_->system = std::move(system); }

Resolver::~Resolver() {
  std::lock_guard lock(queue_->mutex);
  queue_->waiting.clear();
}

void Resolver::work(const std::shared_ptr<Queue>& queue) {
  std::unique_lock lock(queue->mutex);
  while (!queue->waiting.empty()) {
    auto job = std::move(queue->waiting.front());
    queue->waiting.pop_front();
    lock.unlock();
    std::vector<Address> found;
    const int code = queue->system(job->host, job->port, found);
    lock.lock();
    job->code = code;
    job->found = std::move(found);
    ::eventfd_write(job->done.get(), 1);
  }
  --queue->threads;
}

std::expected<std::vector<Address>, TransportError> Resolver::lookUp(const std::string& host, std::uint16_t port,
                                                                     const Interrupt& interrupt) {
  std::vector<Address> literal;
  if (resolve(host, port, AI_NUMERICHOST, literal) == 0) return literal;

  auto job = std::make_shared<Job>(Job{.host = host, .port = port});
  if (!job->done)
    return transportFailure(Stage::Lookup, core::ErrorCode::Unavailable,
                            "Trowel has too many files and connections open to look up a name.");
  {
    std::lock_guard lock(queue_->mutex);
    queue_->waiting.push_back(job);
    if (queue_->threads < kMaxThreads) {
      std::thread([queue = queue_] { work(queue); }).detach();
      ++queue_->threads;
    }
  }
  if (interrupt.wait(job->done.get(), POLLIN) == Interrupt::Wake::Interrupted) {
    std::lock_guard lock(queue_->mutex);
    std::erase(queue_->waiting, job);
    return stopped("The host's name was still being looked up. Check the network, or the VPN if the host needs one.");
  }

  std::lock_guard lock(queue_->mutex);
  if (job->code == 0) return std::move(job->found);
  const bool unknown = job->code == EAI_NONAME || job->code == EAI_NODATA;
  return transportFailure(
      Stage::Lookup, core::ErrorCode::Unavailable,
      unknown ? fmt::format("There is no host {}. Check the address for typing errors.", host)
              : fmt::format("The name of the host {} cannot be looked up ({}). Check the network, or the VPN if the "
                            "host needs one.",
                            host, ::gai_strerror(job->code)));
}

}  // namespace trowel::http
