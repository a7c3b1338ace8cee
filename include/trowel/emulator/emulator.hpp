// SPDX-License-Identifier: Apache-2.0
// A local Databricks workspace as an HTTP server on 127.0.0.1, for tests and for people who have no workspace.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"
#include "trowel/emulator/fault.hpp"
#include "trowel/emulator/request_record.hpp"

namespace trowel::emulator {

struct Options {
  int port = 0;                         // 0: a free one
  std::filesystem::path seedFile = {};  // describes what a new workspace has (docs/emulator.md); empty: nothing
  bool demo = false;                    // fills an empty workspace with example content
  std::filesystem::path dataDir = {};   // empty: a private temporary folder, removed at the end
  // From start to RUNNING; a restart and a stop take half of it. Nothing: 3 s with demo, else 0.
  std::optional<std::chrono::milliseconds> clusterStartTime = {};
  std::chrono::milliseconds contextStartTime{0};    // the least time that an execution context stays Pending
  std::chrono::milliseconds cancelGraceTime{5000};  // how long an interrupted command may go on before it is killed
  std::string userName = "demo@example.com";
  std::chrono::seconds accessTokenLifetime{3600};  // of OAuth and Azure access tokens
  bool autoSignIn = false;                         // the page to sign in allows at once, as the first user
  std::size_t pageCap = 0;                         // the most entries on a page of any list; 0: what the service has
  bool smallIds = false;                           // all ids below 2^53, for clients that squeeze them into a double
  bool rateLimits = false;                         // as the service has them: see docs/emulator.md
  std::vector<Fault> faults = {};                  // from the start
  std::filesystem::path requestLog = {};           // a line of JSON per request goes there; empty: nowhere
  std::filesystem::path tlsCert = {};              // PEM files; with both, the emulator speaks https, else http
  std::filesystem::path tlsKey = {};
};

// Any thread may call any function.
class Emulator {
 public:
  // Unavailable where the port is taken, PermissionDenied or Internal where the data folder or the request log cannot
  // be used, InvalidParams where certificate and key cannot. `clock` must outlive the emulator; cluster and context
  // life cycles follow it.
  static core::Result<std::unique_ptr<Emulator>> start(Options options, core::Clock& clock = core::systemClock());

  ~Emulator();  // stop()
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  std::string host() const;                 // http://127.0.0.1:PORT, or https://
  const core::SecretString& token() const;  // of the first user, an administrator; random, but a
                                            // data folder keeps its own: dapi and 32 hex digits
  const std::string& userName() const;

  // Ends running requests and all child processes. Idempotent.
  void stop();

  void addFault(Fault fault);
  void clearFaults();  // and lets held requests go on
  void releaseHeld();  // and delayed ones
  // Blocks until at least `count` requests are held, or the emulator has stopped (false).
  bool awaitHeld(std::size_t count);

  // Oldest first, the last 10,000. Requests to /emulator are not in it.
  std::vector<RequestRecord> requests() const;
  void clearRequests();

  // Moves the time of the workspace forward: life cycles, tokens, jobs and delays.
  void advanceClock(core::Duration duration);

 private:
  class Impl;
  explicit Emulator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trowel::emulator
