// SPDX-License-Identifier: Apache-2.0
#include "emulator/repos/git_credentials.hpp"

#include <nlohmann/json.hpp>

#include "emulator/server/message.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr const char* kOwner = "owner";  // the only field that no answer shows

Json shown(Json credential) {
  credential.erase(kOwner);
  return credential;
}

bool sameProvider(const Json& a, const Json& b) {
  return core::equalsIgnoreCase(core::stringAt(a, "git_provider"), core::stringAt(b, "git_provider"));
}

}  // namespace

Reply<std::string> gitProvider(const std::string& wished) {
  for (const char* known : {"gitHub", "bitbucketCloud", "gitLab", "azureDevOpsServices", "gitHubEnterprise",
                            "bitbucketServer", "gitLabEnterpriseEdition", "awsCodeCommit"})
    if (core::equalsIgnoreCase(wished, known)) return known;
  return invalidParameter("Unknown Git provider: " + core::toValidUtf8(wished));
}

Reply<Json> GitCredentials::find(const Call& call) const {
  auto credential = documents_.find(call.path("id"));
  if (!credential || core::stringAt(*credential, kOwner) != call.caller().id)
    return doesNotExist("Git credential with ID " + core::toValidUtf8(call.path("id")) + " could not be found.");
  return *std::move(credential);
}

// What the client gives; of text, an empty one as well.
Reply<Json> GitCredentials::fields(const Call& call, Json credential) const {
  static const std::vector<MessageField> kFields{{.name = "git_provider", .type = ValueType::Text},
                                                 {.name = "git_username", .type = ValueType::Text},
                                                 {.name = "git_email", .type = ValueType::Text},
                                                 {.name = "name", .type = ValueType::Text},
                                                 {.name = "personal_access_token", .type = ValueType::Text},
                                                 {.name = "is_default_for_provider", .type = ValueType::Flag}};
  Json given = TROWEL_TRY(readMessage(call.params(), kFields));
  given.erase("personal_access_token");
  if (given.contains("git_provider")) given["git_provider"] = TROWEL_TRY(gitProvider(given["git_provider"]));
  credential.update(given);
  for (const char* field : {"git_username", "git_email", "name"})
    if (core::stringAt(credential, field).empty()) credential.erase(field);
  return credential;
}

// Several of one provider are told apart by their names.
Reply<void> GitCredentials::checkAlone(const Json& credential) const {
  for (const auto& [key, other] : documents_.all())
    if (core::stringAt(other, kOwner) == core::stringAt(credential, kOwner) && sameProvider(other, credential) &&
        core::stringAt(other, "name") == core::stringAt(credential, "name") &&
        core::intAt(other, "credential_id") != core::intAt(credential, "credential_id"))
      return invalidState("Only one Git credential is supported at this time.");
  return {};
}

Reply<Response> GitCredentials::create(const Call& call) {
  TROWEL_TRY(call.required("git_provider"));
  auto id = world_.ids.object();
  Json fresh{{"credential_id", id}, {kOwner, call.caller().id}};
  auto credential = TROWEL_TRY(fields(call, std::move(fresh)));
  std::lock_guard lock(mutex_);
  TROWEL_TRY(checkAlone(credential));
  documents_.put(std::to_string(id), credential);
  makeOnlyDefault(credential);
  return jsonResponse(shown(std::move(credential)));
}

Reply<Response> GitCredentials::list(const Call& call) const {
  Json found = Json::array();
  for (auto& [key, credential] : documents_.all())
    if (core::stringAt(credential, kOwner) == call.caller().id) found.push_back(shown(credential));
  return jsonResponse(found.empty() ? Json::object() : Json{{"credentials", std::move(found)}});
}

Reply<Response> GitCredentials::get(const Call& call) const { return jsonResponse(shown(TROWEL_TRY(find(call)))); }

Reply<Response> GitCredentials::update(const Call& call) {
  std::lock_guard lock(mutex_);
  auto before = TROWEL_TRY(find(call));
  auto credential = TROWEL_TRY(fields(call, std::move(before)));
  TROWEL_TRY(checkAlone(credential));
  documents_.put(call.path("id"), credential);
  makeOnlyDefault(credential);
  return emptyResponse();
}

Reply<Response> GitCredentials::remove(const Call& call) {
  std::lock_guard lock(mutex_);
  TROWEL_TRY(find(call));
  documents_.remove(call.path("id"));
  return emptyResponse();
}

void GitCredentials::makeOnlyDefault(const Json& credential) {
  if (!core::boolAt(credential, "is_default_for_provider")) return;
  for (auto& [key, other] : documents_.all()) {
    bool theirs = core::stringAt(other, kOwner) == core::stringAt(credential, kOwner) &&
                  core::intAt(other, "credential_id") != core::intAt(credential, "credential_id");
    if (!theirs || !sameProvider(other, credential) || !core::boolAt(other, "is_default_for_provider")) continue;
    other["is_default_for_provider"] = false;
    documents_.put(key, other);
  }
}

void GitCredentials::addRoutes(Router& router) {
  router.add("GET", "/api/2.0/git-credentials", [this](const Call& call) { return list(call); });
  router.add("POST", "/api/2.0/git-credentials", [this](const Call& call) { return create(call); });
  router.add("GET", "/api/2.0/git-credentials/{id}", [this](const Call& call) { return get(call); });
  router.add("PATCH", "/api/2.0/git-credentials/{id}", [this](const Call& call) { return update(call); });
  router.add("DELETE", "/api/2.0/git-credentials/{id}", [this](const Call& call) { return remove(call); });
}

}  // namespace trowel::emulator
