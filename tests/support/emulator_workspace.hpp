// SPDX-License-Identifier: Apache-2.0
// A RestClient over the real transport to an emulator of its own: what a service says, heard by an independent reader.
#pragma once

#include <csignal>
#include <memory>
#include <thread>

#include "support/catch.hpp"
#include "trowel/databricks/rest_client.hpp"
#include "trowel/emulator/emulator.hpp"
#include "trowel/http/transport.hpp"

namespace trowel::test {

struct EmulatorWorkspace {
  explicit EmulatorWorkspace(emulator::Options options = {})
      : emulator(emulator::Emulator::start(std::move(options)).value()) {
    std::signal(SIGPIPE, SIG_IGN);
  }

  databricks::RestConfig config() const {
    databricks::RestConfig config;
    config.host = http::parseOrigin(emulator->host()).value();
    config.credentials = http::bearer(emulator->token());
    return config;
  }

  // Asks until `holds`; a test that waits in vain is ended by ctest.
  template <typename Holds>
  static void await(const Holds& holds) {
    while (!holds()) std::this_thread::yield();
  }

  std::unique_ptr<emulator::Emulator> emulator;
  core::Timer timer{core::systemClock()};
  http::HttpTransport http{timer, http::NetworkOptions{}};
  databricks::RestClient rest{config(), http, core::systemClock()};
};

}  // namespace trowel::test
