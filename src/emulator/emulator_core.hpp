// SPDX-License-Identifier: Apache-2.0
// The workspace without its sockets: carries one request through fault, token, limits, parameters, endpoint and log.
#pragma once

#include <memory>
#include <string>

#include "emulator/areas.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/server/rate_limits.hpp"
#include "emulator/server/request_log.hpp"
#include "emulator/server/router.hpp"
#include "emulator/state/data_folder.hpp"
#include "emulator/state/shifted_clock.hpp"
#include "emulator/state/state_file.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread may call any function.
class EmulatorCore {
 public:
  // Errors as of Emulator::start.
  static core::Result<std::unique_ptr<EmulatorCore>> open(Options options, core::Clock& clock);
  ~EmulatorCore();  // stop()
  EmulatorCore(const EmulatorCore&) = delete;
  EmulatorCore& operator=(const EmulatorCore&) = delete;

  // Once `host` (http://127.0.0.1:PORT) is known, before the first request; what acts by itself begins, and a new
  // workspace gets what its seed describes. InvalidParams where the seed is wrong.
  core::Result<void> begin(const std::string& host);
  // Blocks for as long as the request takes, or a fault wants.
  Response handle(Request& request, BodyReader& body);
  // Ends what waits and what runs.
  void stop();

  const Options& options() const { return options_; }
  const core::SecretString& token() const { return token_; }
  Faults& faults() { return faults_; }
  RequestLog& log() { return log_; }
  ShiftedClock& clock() { return clock_; }

 private:
  // One request under way.
  struct Exchange {
    Request& request;
    BodyReader& body;
    std::string id;
    std::string user = {};  // as soon as that is known
    bool limited = true;    // counts for rate limits
  };

  EmulatorCore(Options options, core::Clock& clock, DataFolder folder, std::unique_ptr<StateFile> state,
               core::SecretString token, UserPaths paths);
  core::Result<void> fill();
  Response answer(Exchange& exchange);
  Reply<Response> dispatch(Exchange& exchange);

  const Options options_;
  DataFolder folder_;
  std::unique_ptr<StateFile> state_;  // null in a temporary folder
  const core::SecretString token_;    // of the administrator
  UserPaths paths_;
  std::string host_;
  ShiftedClock clock_;
  Faults faults_{clock_};
  RateLimits limits_{clock_};
  RequestLog log_;
  Ids ids_{options_.smallIds};
  World world_;
  Router router_;

  Areas areas_;
};

}  // namespace trowel::emulator
