// SPDX-License-Identifier: Apache-2.0
// A stored sign-in of a person in use: gives out its access token and spends its refresh tokens, each once.
#pragma once

#include <optional>
#include <string>

#include "auth/oauth.hpp"
#include "auth/token_source.hpp"
#include "auth/u2m/login_storage.hpp"

namespace trowel::auth {

inline constexpr const char* kPublicClient = "databricks-cli";

class LoginSession {
 public:
  // `outside` outlives it.
  LoginSession(Config config, http::Origin host, LoginKey key, LoginStorage storage, const Outside& outside);

  // A Fetcher for a TokenSource; one call at a time. What the store has is taken where it is newer than
  // `fetch.previous` and good for a while; else it is refreshed under the lock of all sign-ins. Unauthenticated, with
  // the command to run, where there is no sign-in or it has ended.
  core::Result<AccessToken> fetch(const Fetch& fetch);

 private:
  using Found = LoginStorage::Found;

  bool isGood(const Login& login, const core::SecretString& previous) const;
  core::Result<std::optional<Found>> current(const core::CancelToken& cancel);
  core::Result<Login> refresh(const Found& found, const Fetch& fetch);
  void keep(const Found& found, const Login& login, const core::CancelToken& finish);
  std::string command() const;
  std::unexpected<core::Error> signedOut(std::string_view why) const;

  const Config config_;
  const http::Origin host_;
  const LoginKey key_;
  const LoginStorage storage_;
  const Outside outside_;
  std::optional<WebAddress> endpoint_;

  // A successor that could not be written: the store still has the token it came of, which is spent.
  struct Unsaved {
    Login login;
    core::SecretString spent;
  };
  std::optional<Unsaved> unsaved_;
};

}  // namespace trowel::auth
