// SPDX-License-Identifier: Apache-2.0
// What the subcommands of `trowel auth` work with: a configuration, and the outside world without a daemon.
#pragma once

#include <memory>
#include <string>

#include "trowel/app/commands.hpp"
#include "trowel/auth/config_file_store.hpp"
#include "trowel/auth/sign_in.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/http/transport.hpp"
#include "trowel/os/keyring.hpp"

namespace trowel::app {

class AuthParts {
 public:
  AuthParts();

  // By --profile, else --host, else the environment and the configuration file, as the CLI does. InvalidParams where
  // there is no host in the end. A profile that the file does not have is fine where a host is given (`mayBeNew`).
  core::Result<auth::Config> configOf(const AuthOptions& options, bool mayBeNew = false) const;

  // The file that profiles stand in.
  const std::string& configFile() const { return configFile_; }
  const auth::Outside& outside() const { return outside_; }

 private:
  core::Timer timer_;
  http::HttpTransport http_;
  std::unique_ptr<os::Keyring> keyring_;
  auth::Outside outside_;
  std::string configFile_;
};

// "Signed in to https://host"; one line on stdout, seen at once.
void say(const std::string& line);

// The error on stderr; the exit status for it.
int failed(const core::Error& error);

}  // namespace trowel::app
