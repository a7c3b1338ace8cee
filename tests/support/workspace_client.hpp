// SPDX-License-Identifier: Apache-2.0
// A RestClient of the test's own to an emulator that something else uses as well: prepares what is there, and looks.
#pragma once

#include "trowel/databricks/rest_client.hpp"
#include "trowel/emulator/emulator.hpp"
#include "trowel/http/transport.hpp"

namespace trowel::test {

struct WorkspaceClient {
  explicit WorkspaceClient(const emulator::Emulator& emulator) : rest(config(emulator), http, core::systemClock()) {}

  static databricks::RestConfig config(const emulator::Emulator& emulator) {
    databricks::RestConfig config;
    config.host = http::parseOrigin(emulator.host()).value();
    config.credentials = http::bearer(emulator.token());
    return config;
  }

  core::Timer timer{core::systemClock()};
  http::HttpTransport http{timer, http::NetworkOptions{}};
  databricks::RestClient rest;
};

// How often the emulator was asked for that; `path` may end with an asterisk.
inline std::size_t callsOf(const emulator::Emulator& emulator, std::string_view method, std::string_view path) {
  const bool open = path.ends_with('*');
  if (open) path.remove_suffix(1);
  std::size_t count = 0;
  for (const auto& record : emulator.requests())
    if (record.method == method && (open ? record.path.starts_with(path) : record.path == path)) ++count;
  return count;
}

// What matches is answered so from now on, whatever is there.
inline void answerWith(emulator::Emulator& emulator, std::string pattern, int status, std::string body) {
  emulator::Fault fault;
  fault.pattern = std::move(pattern);
  fault.status = status;
  fault.body = std::move(body);
  fault.times = 0;
  emulator.addFault(std::move(fault));
}

}  // namespace trowel::test
