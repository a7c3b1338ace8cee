// SPDX-License-Identifier: Apache-2.0
// Who may use the workspace, and by which tokens.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "emulator/server/http_message.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::emulator {

struct User {
  std::string id;    // SCIM id
  std::string name;  // userName; the application id of a service principal
  std::string displayName = {};
  bool admin = false;
  bool servicePrincipal = false;
};

// Any thread.
class Users {
 public:
  void add(User user, core::SecretString token);

  std::optional<User> find(std::string_view name) const;
  std::vector<User> all() const;

  // The caller by the Authorization header, or the service's error for what is wrong with it.
  Reply<User> authenticate(const Request& request, const std::string& requestId) const;

 private:
  struct Entry {
    User user;
    core::SecretString token;
  };
  std::optional<User> byToken(std::string_view token) const;

  mutable std::mutex mutex_;  // guards entries_
  std::vector<Entry> entries_;
};

}  // namespace trowel::emulator
