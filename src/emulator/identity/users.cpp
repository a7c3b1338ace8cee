// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/users.hpp"

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

// Same time whatever the difference, so that a token cannot be guessed byte by byte.
bool sameText(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

}  // namespace

void Users::add(User user, core::SecretString token) {
  std::lock_guard lock(mutex_);
  entries_.push_back({std::move(user), std::move(token)});
}

std::optional<User> Users::find(std::string_view name) const {
  std::lock_guard lock(mutex_);
  for (const auto& entry : entries_)
    if (core::equalsIgnoreCase(entry.user.name, name)) return entry.user;
  return std::nullopt;
}

std::vector<User> Users::all() const {
  std::lock_guard lock(mutex_);
  std::vector<User> users;
  for (const auto& entry : entries_) users.push_back(entry.user);
  return users;
}

std::optional<User> Users::byToken(std::string_view token) const {
  std::lock_guard lock(mutex_);
  for (const auto& entry : entries_)
    if (sameText(token, entry.token.reveal())) return entry.user;
  return std::nullopt;
}

Reply<User> Users::authenticate(const Request& request, const std::string& requestId) const {
  auto header = request.header("authorization");
  auto space = std::min(header.find(' '), header.size());
  auto scheme = header.substr(0, space);
  std::string credential(core::trim(header.substr(space)));
  std::string suffix = " [ReqId: " + requestId + "]";
  if (core::equalsIgnoreCase(scheme, "Basic")) {
    // Basic with the user name "token" has always been accepted for access tokens.
    auto decoded = core::fromBase64(credential).value_or("");
    credential = decoded.starts_with("token:") ? decoded.substr(6) : "";
  } else if (!core::equalsIgnoreCase(scheme, "Bearer") || credential.empty()) {
    return refuse(401, "401", "Credential was not sent or was of an unsupported type for this API." + suffix);
  }
  auto user = byToken(credential);
  if (!user) return refuse(403, "403", "Invalid access token." + suffix);
  return *std::move(user);
}

}  // namespace trowel::emulator
