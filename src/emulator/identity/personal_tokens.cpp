// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/personal_tokens.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kLongestLifetime = 730LL * 24 * 3600;  // seconds
constexpr std::size_t kQuota = 600;

Json describe(const std::string& id, const User& owner, const User& creator, std::int64_t now, std::int64_t expiry,
              const std::string& comment) {
  return {{"token_id", id},
          {"creation_time", now},
          {"expiry_time", expiry},
          {"comment", comment},
          {"owner_id", owner.id},
          {"created_by_id", creator.id},
          {"created_by_username", creator.name}};
}

}  // namespace

PersonalTokens::PersonalTokens(const World& world) : world_(world), tokens_(world.state, "token") {}

std::string PersonalTokens::idOf(const core::SecretString& value) { return core::sha256(value.reveal()); }

Reply<core::SecretString> PersonalTokens::create(const User& owner, const User& creator, const Wish& wish) {
  if (wish.lifetime < 0 || wish.lifetime > kLongestLifetime)
    return invalidParameter("lifetime_seconds must be between 1 and " + std::to_string(kLongestLifetime) + ".");
  if (list([&](const Json& info) { return core::stringAt(info, "owner_id") == owner.id; }).size() >= kQuota)
    return refuse(400, "QUOTA_EXCEEDED", "The maximum of " + std::to_string(kQuota) + " tokens has been reached.");
  std::int64_t lifetime = wish.lifetime == 0 ? kLongestLifetime : wish.lifetime;
  core::SecretString value("dapi" + core::randomHex(16));
  const std::string id = idOf(value);
  Json info = describe(id, owner, creator, world_.now(), world_.now() + lifetime * 1000, wish.comment);
  if (!wish.scopes.empty()) info["scopes"] = wish.scopes;
  tokens_.put(id, info);
  return value;
}

void PersonalTokens::adopt(const core::SecretString& value, const User& owner, const std::string& comment) {
  const std::string id = idOf(value);
  if (!tokens_.find(id)) tokens_.put(id, describe(id, owner, owner, world_.now(), -1, comment));
}

std::optional<PersonalTokens::Grant> PersonalTokens::find(const std::string& value) const {
  auto info = tokens_.find(core::sha256(value));
  if (!info) return std::nullopt;
  auto expiry = core::intAt(*info, "expiry_time");
  if (expiry >= 0 && expiry <= world_.now()) return std::nullopt;
  Grant grant{.userId = core::stringAt(*info, "owner_id")};
  for (const auto& scope : core::arrayAt(*info, "scopes")) grant.scopes.push_back(scope.get<std::string>());
  return grant;
}

std::vector<Json> PersonalTokens::list(const std::function<bool(const Json&)>& which) const {
  std::vector<Json> found;
  for (auto& [id, info] : tokens_.all())
    if (which(info)) found.push_back(std::move(info));
  std::stable_sort(found.begin(), found.end(), [](const Json& a, const Json& b) {
    return core::intAt(a, "creation_time") < core::intAt(b, "creation_time");
  });
  return found;
}

bool PersonalTokens::revoke(const std::string& id, const std::function<bool(const Json&)>& which) {
  auto info = tokens_.find(id);
  return info && which(*info) && tokens_.remove(id);
}

void PersonalTokens::revokeAllOf(const std::string& userId) {
  for (const auto& info : list([&](const Json& one) { return core::stringAt(one, "owner_id") == userId; }))
    tokens_.remove(core::stringAt(info, "token_id"));
}

}  // namespace trowel::emulator
