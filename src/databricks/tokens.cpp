// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/tokens.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "databricks/reading/secret_fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/token/list", Safety::Safe, inOnePage("token_infos")};
// A second token would stay behind without anybody who knows it.
constexpr Call kCreate{Verb::Post, "/api/2.0/token/create", Safety::Unsafe};
constexpr Call kDelete{Verb::Post, "/api/2.0/token/delete", Safety::Safe};
constexpr Call kListAll{Verb::Get, "/api/2.0/token-management/tokens", Safety::Safe, inOnePage("token_infos")};
constexpr Call kGetAny{Verb::Get, "/api/2.0/token-management/tokens/{id}", Safety::Safe};
constexpr Call kDeleteAny{Verb::Delete, "/api/2.0/token-management/tokens/{id}", Safety::Safe};
constexpr Call kCreateOnBehalf{Verb::Post, "/api/2.0/token-management/on-behalf-of/tokens", Safety::Unsafe};

TokenInfo readInfo(const core::Json& json) {
  TokenInfo info;
  info.id = core::stringAt(json, "token_id");
  info.comment = core::stringAt(json, "comment");
  info.createdAt = core::intAt(json, "creation_time");
  if (auto time = core::intAt(json, "expiry_time", -1); time > 0) info.expiresAt = time;
  info.scopes = textsAt(json, "scopes");
  info.ownerId = core::intAt(json, "owner_id");
  info.createdBy = core::stringAt(json, "created_by_username");
  info.lastUsedDay = core::intAt(json, "last_used_day");
  return info;
}

core::Json paramsOf(const TokenWish& wish) {
  core::Json params = core::Json::object();
  if (!wish.comment.empty()) params["comment"] = wish.comment;
  if (wish.lifetime.count() > 0) params["lifetime_seconds"] = wish.lifetime.count();
  if (!wish.scopes.empty()) params["scopes"] = wish.scopes;
  return params;
}

core::Result<NewToken> readNew(core::Json json) {
  NewToken token{.value = takeSecret(json, "token_value"), .info = readInfo(core::objectAt(json, "token_info"))};
  if (token.value.empty())
    return core::fail(core::ErrorCode::DataLoss,
                      "The workspace's answer has no token in it. One may have been made all the same: see the list "
                      "under Settings → Developer → Access tokens.");
  return token;
}

}  // namespace

Listing<TokenInfo> Tokens::list(const CallOptions& options) const { return rest_.list(kList, {}, &readInfo, options); }

core::Result<NewToken> Tokens::create(const TokenWish& wish, const CallOptions& options) const {
  return readNew(TROWEL_TRY(rest_.call(kCreate, paramsOf(wish), options)));
}

core::Result<void> Tokens::remove(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"token_id", id}}, options));
  return {};
}

Listing<TokenInfo> TokenManagement::list(const TokenFilter& filter, const CallOptions& options) const {
  core::Json params = core::Json::object();
  if (!filter.createdById.empty()) params["created_by_id"] = filter.createdById;
  if (!filter.createdByName.empty()) params["created_by_username"] = filter.createdByName;
  return rest_.list(kListAll, params, &readInfo, options);
}

core::Result<TokenInfo> TokenManagement::get(std::string_view id, const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kGetAny, {{"id", id}}, options));
  return readInfo(core::objectAt(json, "token_info"));
}

core::Result<void> TokenManagement::remove(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDeleteAny, {{"id", id}}, options));
  return {};
}

core::Result<NewToken> TokenManagement::createOnBehalf(std::string_view applicationId, const TokenWish& wish,
                                                       const CallOptions& options) const {
  auto params = paramsOf(wish);
  params["application_id"] = applicationId;
  return readNew(TROWEL_TRY(rest_.call(kCreateOnBehalf, params, options)));
}

}  // namespace trowel::databricks
