// SPDX-License-Identifier: Apache-2.0
// The whole daemon as one object: takes streams and whatever tests want to replace, and runs one conversation.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/http/network_options.hpp"
#include "trowel/os/keyring.hpp"
#include "trowel/rpc/endpoint.hpp"

namespace trowel::app {

struct DaemonOptions {
  std::string demoFolder;              // where windows agree on the demo workspace
  std::string stateFolder;             // journals and locks of sync
  std::string executable;              // starts the demo workspace
  std::string home;                    // the user's; ~/.databricks holds sign-ins that are shared with the CLI
  std::string configFile;              // Databricks configuration file; may be missing
  std::string connection = {};         // id; instead of what the folder's settings and its user's choice say
  std::string name = "trowel";         // who we are, for others that wait for a lock of ours
  http::Environment environment = {};  // empty: no variable is set
  os::Keyring* keyring = nullptr;      // null: the desktop's
  bool safeMode = false;               // it crashed again and again: nothing starts by itself, and the user is told
  std::function<void(std::int64_t pid)> watchParent = [](std::int64_t) {};
  core::Clock* clock = &core::systemClock();
};

class Daemon {
 public:
  Daemon(rpc::Streams streams, DaemonOptions options);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Serves until the conversation ends, then shuts down in order. The exit status: 0 after shutdown and exit, else 1.
  int run();

  // Any thread: ends run() as soon as everything that runs has been cancelled.
  void stop(core::CancelReason reason);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace trowel::app
