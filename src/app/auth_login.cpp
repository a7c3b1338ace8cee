// SPDX-License-Identifier: Apache-2.0
// `trowel auth login` and `trowel auth logout`.
#include "auth_parts.hpp"
#include "options.hpp"
#include "trowel/auth/u2m.hpp"
#include "trowel/os/places.hpp"
#include "trowel/os/process.hpp"

namespace trowel::app {

namespace {

using auth::Attribute;

// Whether one opens or not: the address stands on the terminal, and may be opened on another way.
core::Result<void> openBrowser(const std::string& url) {
  say("Open this page to sign in:\n" + url);
  os::SpawnOptions browser;
  browser.argv = {os::environment("BROWSER").value_or("xdg-open"), url};
  browser.err = os::Stream::Null;
  browser.dieWithThread = false;
  if (auto opened = os::Process::spawn(browser))
    opened->detach();
  else
    say("(No browser could be started here.)");
  return {};
}

// What the profile must say so that this sign-in is used from now on, by other tools too.
core::Result<void> writeProfile(const AuthParts& parts, const std::string& profile,
                                const auth::SignedInPerson& person) {
  const auto& outside = parts.outside();
  return auth::changeConfigFile(parts.configFile(), outside.home, os::stateDir(), outside.clock, {},
                                [&](auth::ConfigFile& file) -> core::Result<void> {
                                  if (file.find(profile) == nullptr) TROWEL_TRY(file.addProfile(profile));
                                  TROWEL_TRY(file.set(profile, "host", person.host));
                                  if (!person.accountId.empty())
                                    TROWEL_TRY(file.set(profile, "account_id", person.accountId));
                                  TROWEL_TRY(file.set(profile, "auth_type", "databricks-cli"));
                                  // Without it the CLI would look into a keyring that this machine does not have.
                                  if (person.inFile)
                                    TROWEL_TRY(file.set(auth::ConfigFile::kSettings, "auth_storage", "plaintext"));
                                  return {};
                                });
}

}  // namespace

int authLogin(const CommonOptions& common, const AuthOptions& options) {
  if (!startLog(common, false)) return 2;
  AuthParts parts;
  auto config = parts.configOf(options, true);
  if (!config) return failed(config.error());
  auto person = auth::signInPerson(*config, parts.outside(), openBrowser, {});
  if (!person) return failed(person.error());
  say("Signed in to " + person->host + ". The sign-in is kept in " + person->place + ".");
  if (!person->renewable) say("It ends with its first token: no refresh token was asked for.");
  if (!options.profile.empty()) {
    auto written = writeProfile(parts, options.profile, *person);
    if (!written) return failed(written.error());
    say("The profile " + options.profile + " signs in with it.");
  } else if (person->inFile) {
    say("This machine has no usable keyring. For the Databricks CLI, set DATABRICKS_AUTH_STORAGE=plaintext.");
  }
  return 0;
}

int authLogout(const CommonOptions& common, const AuthOptions& options) {
  if (!startLog(common, false)) return 2;
  AuthParts parts;
  auto config = parts.configOf(options);
  if (!config) return failed(config.error());
  auto signedOut = auth::signOutPerson(*config, parts.outside(), {});
  if (!signedOut) return failed(signedOut.error());
  const auto& host = config->get(Attribute::Host);
  say(*signedOut ? "Signed out of " + host + "." : "Nobody was signed in to " + host + ".");
  return 0;
}

}  // namespace trowel::app
