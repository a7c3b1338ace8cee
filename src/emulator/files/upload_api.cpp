// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/upload_api.hpp"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/files/file_response.hpp"
#include "emulator/files/files_api.hpp"
#include "emulator/server/typed_params.hpp"
#include "emulator/world.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kSessionLife = 24 * kHour;
constexpr std::int64_t kMaxParts = 10'000;  // as the stores behind the service have it

// "2026-11-20T09:30:00Z", with or without fractions of a second, to epoch milliseconds.
std::optional<std::int64_t> parseTime(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  return std::int64_t{::timegm(&parts)} * 1000;
}

// What the cloud's storage answers, which is no Databricks.
Response storageError(int status, const std::string& code, const std::string& message) {
  return {.status = status,
          .body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message +
                  "</Message></Error>",
          .contentType = "application/xml"};
}

Response linkError(const ApiError& error) { return storageError(error.status, error.code, error.message); }

}  // namespace

struct Uploads::Session {
  struct Part {
    StagedFile file;
    std::string etag;
  };
  std::string token;
  VolumePath path;
  bool overwrite = true;
  std::int64_t createdAt = 0;
  std::mutex mutex = {};  // guards parts
  std::map<int, Part> parts = {};
};

// Now and then: there may be a hundred thousand links.
void Uploads::forgetOld() {
  auto now = world_.now();
  if (now < nextSweep_) return;
  nextSweep_ = now + kMinute;
  std::erase_if(sessions_, [&](const auto& entry) { return now - entry.second->createdAt > kSessionLife; });
  std::erase_if(links_, [&](const auto& entry) { return now - entry.second.expiresAt > kHour; });
}

Reply<Response> Uploads::act(const Call& call) {
  auto action = call.text("action");
  if (action == "initiate-upload") return initiate(call);
  if (action == "complete-upload") return complete(call);
  return invalidParameter("Unknown action: " + core::toValidUtf8(action));
}

Reply<Response> Uploads::initiate(const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes_, "/" + call.path("path")));
  bool overwrite = TROWEL_TRY(typedFlag(call.params(), "overwrite", true));
  TROWEL_TRY(checkTarget(volumes_, path, overwrite));
  auto session = std::shared_ptr<Session>(new Session{.token = core::toBase64(core::randomHex(24)),
                                                      .path = std::move(path),
                                                      .overwrite = overwrite,
                                                      .createdAt = world_.now()});
  std::lock_guard lock(mutex_);
  forgetOld();
  sessions_[session->token] = session;
  return jsonResponse({{"multipart_upload", {{"session_token", session->token}}}});
}

Reply<Uploads::SessionPtr> Uploads::session(const Call& call, const VolumePath& path) {
  auto token = TROWEL_TRY(call.required("session_token"));
  std::lock_guard lock(mutex_);
  forgetOld();
  auto it = sessions_.find(token);
  if (it == sessions_.end() || it->second->path.path != path.path)
    return filesError(404, "NOT_FOUND", "FILES_API_UPLOAD_SESSION_NOT_FOUND",
                      "There is no such upload of " + path.shown() + ".");
  return it->second;
}

Json Uploads::addLink(const Call& call, Link link) {
  auto key = core::randomHex(24);
  links_[key] = std::move(link);
  return {{"url", call.host() + "/storage/" + key}, {"headers", Json::array()}};
}

// A link lives as long as the client wishes, but no longer than an hour, as long as the clouds' own do.
Reply<std::int64_t> Uploads::expiry(const Call& call) const {
  auto now = world_.now();
  auto wished = TROWEL_TRY(typedText(call.params(), "expire_time"));
  if (wished.empty()) return now + kHour;
  auto time = parseTime(wished);
  if (!time) return invalidParameter("expire_time must look like 2026-11-20T09:30:00Z.");
  return std::min(*time, now + kHour);
}

Reply<Response> Uploads::createPartLinks(const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes_, TROWEL_TRY(call.required("path"))));
  auto first = TROWEL_TRY(typedNumber(call.params(), "start_part_number", 1));
  auto count = TROWEL_TRY(typedNumber(call.params(), "count", 1));
  auto expiresAt = TROWEL_TRY(expiry(call));
  auto target = TROWEL_TRY(session(call, path));
  if (first < 1 || count < 1 || count > kMaxParts || first > kMaxParts - count + 1)
    return invalidParameter("start_part_number and count must lie between 1 and " + std::to_string(kMaxParts) + ".");
  auto shared = std::make_shared<const VolumePath>(std::move(path));
  Json links = Json::array();
  std::lock_guard lock(mutex_);
  for (auto part = first; part < first + count; ++part) {
    Json link =
        addLink(call, {.session = target, .part = static_cast<int>(part), .path = shared, .expiresAt = expiresAt});
    link["part_number"] = part;
    links.push_back(std::move(link));
  }
  return jsonResponse({{"upload_part_urls", std::move(links)}});
}

Reply<Response> Uploads::createAbortLink(const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes_, TROWEL_TRY(call.required("path"))));
  auto expiresAt = TROWEL_TRY(expiry(call));
  auto target = TROWEL_TRY(session(call, path));
  Link link{.session = std::move(target), .part = 0, .path = nullptr, .expiresAt = expiresAt};
  link.path = std::make_shared<const VolumePath>(std::move(path));
  std::lock_guard lock(mutex_);
  Json added = addLink(call, std::move(link));
  return jsonResponse({{"abort_upload_url", std::move(added)}});
}

Reply<Response> Uploads::createDownloadLink(const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes_, TROWEL_TRY(call.required("path"))));
  auto expiresAt = TROWEL_TRY(expiry(call));
  TROWEL_TRY(fileStatus(volumes_, path));
  auto shared = std::make_shared<const VolumePath>(std::move(path));
  std::lock_guard lock(mutex_);
  forgetOld();
  return jsonResponse(addLink(call, {.session = nullptr, .part = 0, .path = shared, .expiresAt = expiresAt}));
}

Reply<Response> Uploads::complete(const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes_, "/" + call.path("path")));
  auto target = TROWEL_TRY(session(call, path));
  std::lock_guard lock(target->mutex);
  auto whole = volumes_.tree().stage();
  if (!whole) return fileError(whole.error(), path.shown());
  std::int64_t last = 0;
  const Json& parts = core::arrayAt(call.params(), "parts");
  if (parts.empty()) return missingField("parts");
  for (const auto& wanted : parts) {
    auto number = core::intAt(wanted, "part_number");
    auto part =
        number > last && number <= kMaxParts ? target->parts.find(static_cast<int>(number)) : target->parts.end();
    if (part == target->parts.end() || core::stringAt(wanted, "etag") != part->second.etag)
      return invalidParameter("The parts do not match what has been uploaded; see part " + std::to_string(number) +
                              ".");
    last = number;
    auto added = whole->append(part->second.file);
    part->second.file.rest();
    if (!added) return fileError(added.error(), path.shown());
  }
  TROWEL_TRY(placeFile(volumes_, path, *std::move(whole), target->overwrite));
  target->parts.clear();
  std::lock_guard all(mutex_);
  sessions_.erase(target->token);
  return emptyResponse();
}

Reply<Uploads::Link> Uploads::link(const Call& call) {
  std::lock_guard lock(mutex_);
  auto it = links_.find(call.path("key"));
  if (it == links_.end()) return refuse(403, "AccessDenied", "The link is not valid.");
  if (world_.now() >= it->second.expiresAt) return refuse(403, "AccessDenied", "Request has expired");
  if (it->second.session && !sessions_.contains(it->second.session->token))
    return refuse(404, "NoSuchUpload", "The upload has been completed or aborted.");
  return it->second;
}

Response Uploads::putPart(const Call& call) {
  auto target = link(call);
  if (!target) return linkError(target.error());
  if (!target->session || target->part == 0)
    return storageError(405, "MethodNotAllowed", "The link is for another use.");
  auto file = volumes_.tree().stage();
  if (!file) return storageError(500, "InternalError", "The part cannot be stored.");
  if (auto done = receive(call.body(), *file, kMaxVolumeFile, target->path->shown()); !done)
    return linkError(done.error());
  auto etag = "\"" + core::randomHex(16) + "\"";
  std::lock_guard lock(target->session->mutex);
  file->rest();
  target->session->parts.erase(target->part);
  target->session->parts.emplace(target->part, Session::Part{*std::move(file), etag});
  return {.contentType = "", .headers = {{"ETag", etag}}};
}

Response Uploads::getFile(const Call& call) {
  auto target = link(call);
  if (!target) return linkError(target.error());
  if (target->session) return storageError(405, "MethodNotAllowed", "The link is for another use.");
  auto status = fileStatus(volumes_, *target->path);
  if (!status) return storageError(404, "NoSuchKey", "The file does not exist.");
  auto response = fileResponse(call.request(), volumes_.tree().real(target->path->path), *status);
  return response ? *std::move(response) : linkError(response.error());
}

Response Uploads::abort(const Call& call) {
  auto target = link(call);
  if (!target) return linkError(target.error());
  if (!target->session || target->part != 0)
    return storageError(405, "MethodNotAllowed", "The link is for another use.");
  {
    std::lock_guard lock(mutex_);
    sessions_.erase(target->session->token);
  }
  std::lock_guard lock(target->session->mutex);
  target->session->parts.clear();
  return {.status = 204};
}

void Uploads::addRoutes(Router& router) {
  router.add("POST", "/api/2.0/fs/files/{path...}", [this](const Call& call) { return act(call); });
  router.add("POST", "/api/2.0/fs/create-upload-part-urls", [this](const Call& call) { return createPartLinks(call); });
  router.add("POST", "/api/2.0/fs/create-abort-upload-url", [this](const Call& call) { return createAbortLink(call); });
  router.add("POST", "/api/2.0/fs/create-download-url", [this](const Call& call) { return createDownloadLink(call); });
  router.add("PUT", "/storage/{key}", [this](const Call& call) { return putPart(call); }, Body::Streamed);
  router.add("GET", "/storage/{key}", [this](const Call& call) { return getFile(call); });
  router.add("DELETE", "/storage/{key}", [this](const Call& call) { return abort(call); });
}

}  // namespace trowel::emulator
