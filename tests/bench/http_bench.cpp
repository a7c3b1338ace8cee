// SPDX-License-Identifier: Apache-2.0
// The REST client and the transport below it, measured:  http_bench reads|walk HOST TOKEN PATH ROUNDS
//                                                        http_bench phases | tls
// Prints names and numbers, a pair a line. tests/bench/run http is who calls it.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "bench/http_phases.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/http/transport.hpp"

using namespace trowel;

namespace {

constexpr int kConnections = 16;
constexpr int kReads = 1000;
constexpr databricks::Call kListJobs{databricks::Verb::Get, "/api/2.2/jobs/list", databricks::Safety::Safe,
                                     databricks::byToken("jobs")};

template <typename T>
T must(core::Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

// One round: so many reads, by as many threads as there are connections.
int reads(const databricks::RestClient& rest, const std::string& path) {
  std::atomic<int> left = kReads;
  std::vector<std::jthread> readers;
  for (int i = 0; i < kConnections; ++i)
    readers.emplace_back([&] {
      while (left.fetch_sub(1, std::memory_order_relaxed) > 0) must(databricks::Workspace(rest).getStatus(path));
    });
  readers.clear();
  return kReads;
}

int walk(const databricks::RestClient& rest, const std::string& /*path*/) {
  auto idOf = +[](const core::Json& job) { return core::intAt(job, "job_id"); };
  auto jobs = rest.list(kListJobs, {{"limit", 100}}, idOf);
  int count = 0;
  while (auto id = must(jobs.next())) count += *id != 0 ? 1 : 0;
  return count;
}

// The most memory that this process has had, in MB; what its parent had before it became this one does not count.
double peakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}

void rates(const std::string& what, const char* host, const char* token, const std::string& path, int rounds) {
  core::Timer timer(core::systemClock());
  http::HttpTransport transport(timer, http::NetworkOptions{});
  databricks::RestConfig config;
  config.host = must(http::parseOrigin(host));
  config.credentials = http::bearer(core::SecretString(token));
  const databricks::RestClient rest(config, transport, core::systemClock());
  auto* const round = what == "reads" ? &reads : &walk;
  round(rest, path);  // the first one connects
  std::vector<double> measured;
  for (int i = 0; i < rounds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const int count = round(rest, path);
    measured.push_back(count / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::sort(measured);
  std::printf("per_second %f\nrss_mb %f\n", measured[measured.size() / 2], peakMemory());
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string what = argc > 1 ? argv[1] : "";
  if ((what == "reads" || what == "walk") && argc == 6) {
    rates(what, argv[2], argv[3], argv[4], std::atoi(argv[5]));
    return 0;
  }
  if (what == "phases" && argc == 2) return bench::timePhases();
  if (what == "tls" && argc == 2) return bench::timeReconnects();
  std::fprintf(stderr, "usage: http_bench reads|walk HOST TOKEN PATH ROUNDS, http_bench phases, http_bench tls\n");
  return 2;
}
