// SPDX-License-Identifier: Apache-2.0
// Personal access tokens: one's own (Token API 2.0), and everybody's for administrators (Token Management API 2.0).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/secret.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct TokenInfo {
  std::string id;  // 64 hex digits; tells nothing of the token
  std::string comment;
  std::int64_t createdAt = 0;             // epoch milliseconds
  std::optional<std::int64_t> expiresAt;  // epoch milliseconds; nothing: never
  std::vector<std::string> scopes;        // empty: all APIs
  std::int64_t ownerId = 0;               // from here on of TokenManagement only
  std::string createdBy;                  // user name
  std::int64_t lastUsedDay = 0;           // epoch milliseconds; 0: not told
};

struct NewToken {
  core::SecretString value;  // shown this once
  TokenInfo info;
};

struct TokenWish {
  std::string comment = {};
  std::chrono::seconds lifetime{0};  // 0: as long as the workspace allows, 730 days at most
  std::vector<std::string> scopes = {};
};

// Those of the user of this connection.
class Tokens {
 public:
  explicit Tokens(const RestClient& rest) : rest_(rest) {}

  Listing<TokenInfo> list(const CallOptions& options = {}) const;
  // Conflict (QUOTA_EXCEEDED) at 600 tokens, Unsupported where the workspace has them switched off.
  core::Result<NewToken> create(const TokenWish& wish, const CallOptions& options = {}) const;
  core::Result<void> remove(std::string_view id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

struct TokenFilter {
  std::string createdById = {};    // empty: of everybody
  std::string createdByName = {};  // user name; empty: of everybody
};

// PermissionDenied for all but administrators.
class TokenManagement {
 public:
  explicit TokenManagement(const RestClient& rest) : rest_(rest) {}

  Listing<TokenInfo> list(const TokenFilter& filter = {}, const CallOptions& options = {}) const;
  core::Result<TokenInfo> get(std::string_view id, const CallOptions& options = {}) const;
  core::Result<void> remove(std::string_view id, const CallOptions& options = {}) const;
  // For a service principal, named by its application id.
  core::Result<NewToken> createOnBehalf(std::string_view applicationId, const TokenWish& wish,
                                        const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
