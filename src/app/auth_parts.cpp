// SPDX-License-Identifier: Apache-2.0
#include "auth_parts.hpp"

#include <cstdio>

#include "options.hpp"
#include "trowel/auth/resolve.hpp"
#include "trowel/os/places.hpp"

namespace trowel::app {

namespace {

std::optional<std::string> variable(const std::string& name) { return os::environment(name.c_str()); }

}  // namespace

AuthParts::AuthParts()
    : timer_(core::systemClock()),
      http_(timer_, http::networkOptions(variable)),
      keyring_(os::systemKeyring(core::systemClock())),
      outside_{.http = http_,
               .clock = core::systemClock(),
               .keyring = *keyring_,
               .environment = variable,
               .home = os::homeDir()},
      configFile_(auth::configFilePath(variable, outside_.home)) {}

core::Result<auth::Config> AuthParts::configOf(const AuthOptions& options, bool mayBeNew) const {
  auto file = TROWEL_TRY(auth::readConfigFile(configFile_, outside_.home));
  auth::Request request{.overlay = options.profile.empty() ? auth::Overlay::Sdk : auth::Overlay::CliProfile};
  if (!options.host.empty()) request.given.set(auth::Attribute::Host, options.host, "--host");
  if (!options.account.empty()) request.given.set(auth::Attribute::AccountId, options.account, "--account-id");
  const bool isNew =
      mayBeNew && !options.profile.empty() && !options.host.empty() && file.find(options.profile) == nullptr;
  if (!options.profile.empty() && !isNew) request.given.set(auth::Attribute::Profile, options.profile, "--profile");
  // Who names a host or a profile does not mean the environment's profile.
  const http::Environment environment = [&](const std::string& name) -> std::optional<std::string> {
    const bool isNamed = !options.host.empty() || !options.profile.empty();
    return isNamed && name == auth::infoOf(auth::Attribute::Profile).variable ? std::nullopt
                                                                              : outside_.environment(name);
  };
  auto config = TROWEL_TRY(auth::resolve(request, environment, file));
  // A host alone is no word about profiles: then the sign-in is the host's own.
  if (options.profile.empty() && !options.host.empty()) config.set(auth::Attribute::Profile, "", "");
  if (isNew) {
    TROWEL_TRY(file.addProfile(options.profile));  // whether its name is one, before anybody signs in under it
    config.set(auth::Attribute::Profile, options.profile, "--profile");
  }
  if (!config.has(auth::Attribute::Host))
    return core::fail(core::ErrorCode::InvalidParams,
                      options.profile.empty()
                          ? "No workspace is named. Say --host or --profile, or set DATABRICKS_HOST."
                          : "The profile " + options.profile + " has no host. Say --host.");
  return config;
}

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

int failed(const core::Error& error) {
  complain(error.message);
  return error.code == core::ErrorCode::InvalidParams ? 2 : 1;
}

}  // namespace trowel::app
