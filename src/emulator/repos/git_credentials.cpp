// SPDX-License-Identifier: Apache-2.0
#include "emulator/repos/git_credentials.hpp"

#include <nlohmann/json.hpp>

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

Reply<Json> GitCredentials::find(const Call& call) const {
  auto credential = documents_.find(call.path("id"));
  if (!credential || core::stringAt(*credential, kOwner) != call.caller().id)
    return doesNotExist("Git credential with ID " + core::toValidUtf8(call.path("id")) + " could not be found.");
  return *std::move(credential);
}

Reply<Json> GitCredentials::fields(const Call& call, Json credential) const {
  for (const char* field : {"git_provider", "git_username", "git_email", "name"}) {
    auto value = call.text(field);
    if (!value.empty()) credential[field] = value;
  }
  if (call.params().contains("is_default_for_provider"))
    credential["is_default_for_provider"] = call.flag("is_default_for_provider");
  return credential;
}

Reply<Response> GitCredentials::create(const Call& call) {
  TROWEL_TRY(call.required("git_provider"));
  auto id = world_.ids.object();
  auto credential = TROWEL_TRY(fields(call, {{"credential_id", id}, {kOwner, call.caller().id}}));
  // Several of one provider are told apart by their names.
  for (const auto& [key, other] : documents_.all())
    if (core::stringAt(other, kOwner) == call.caller().id && sameProvider(other, credential) &&
        core::stringAt(other, "name") == core::stringAt(credential, "name"))
      return invalidState("Only one Git credential is supported at this time.");
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
  auto credential = TROWEL_TRY(fields(call, TROWEL_TRY(find(call))));
  documents_.put(call.path("id"), credential);
  makeOnlyDefault(credential);
  return emptyResponse();
}

Reply<Response> GitCredentials::remove(const Call& call) {
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
