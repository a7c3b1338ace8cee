// SPDX-License-Identifier: Apache-2.0
// A RestClient over a script, with a clock that jumps over every wait.
#pragma once

#include "support/manual_clock.hpp"
#include "support/scripted_http.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::test {

struct ScriptedWorkspace {
  ScriptedWorkspace() { clock.advanceOnWait(); }
  ~ScriptedWorkspace() { http.verify(); }

  static databricks::RestConfig config() {
    databricks::RestConfig config;
    config.host = http::parseOrigin("http://127.0.0.1:8080").value();
    config.credentials = http::bearer(core::SecretString("dapi-of-the-test"));
    config.credentialSource = "the profile TEST";
    config.random = [] { return 0.5; };
    return config;
  }

  ManualClock clock;
  ScriptedHttp http;
  databricks::RestClient rest{config(), http, clock};
};

}  // namespace trowel::test
