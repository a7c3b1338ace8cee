// SPDX-License-Identifier: Apache-2.0
// With what the workspace signs in at Git providers for a user (Git Credentials 2.0).
#pragma once

#include <cstdint>
#include <string>

#include "trowel/core/secret.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct GitCredential {
  std::int64_t id = 0;
  std::string provider;  // as Repo::provider
  std::string userName;
  std::string email;
  std::string name;        // tells several of one provider apart
  bool isDefault = false;  // of its provider
};

// What is empty stays as it is, or is not given.
struct GitCredentialWish {
  std::string provider;
  std::string userName = {};
  core::SecretString token = {};  // a personal access token of the provider; never comes back
  std::string email = {};
  std::string name = {};
  bool makeDefault = false;
};

// Conflict (INVALID_STATE) where the workspace takes only one credential for a provider.
class GitCredentials {
 public:
  explicit GitCredentials(const RestClient& rest) : rest_(rest) {}

  Listing<GitCredential> list(const CallOptions& options = {}) const;
  core::Result<GitCredential> get(std::int64_t id, const CallOptions& options = {}) const;
  core::Result<GitCredential> create(const GitCredentialWish& wish, const CallOptions& options = {}) const;
  core::Result<void> update(std::int64_t id, const GitCredentialWish& wish, const CallOptions& options = {}) const;
  core::Result<void> remove(std::int64_t id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
