// SPDX-License-Identifier: Apache-2.0
// Files into a volume: small ones as one request, large ones in parts that go to the cloud's storage by links which the
// workspace signs. A part that is lost goes again alone, by a new link where the old one has expired. The links carry
// the permission, so no credential goes to the storage.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "databricks/client/body_reading.hpp"
#include "databricks/pieces.hpp"
#include "databricks/volume_path.hpp"
#include "trowel/databricks/files.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kUpload{Verb::Put, "/api/2.0/fs/files/{path...}", Safety::Unsafe};
// Uploads that were begun and given up come to nothing.
constexpr Call kInitiate{Verb::Post, "/api/2.0/fs/files/{path...}?action=initiate-upload&overwrite={overwrite}",
                         Safety::Safe};
constexpr Call kPartLinks{Verb::Post, "/api/2.0/fs/create-upload-part-urls", Safety::Safe};
// The second of two would be told that there is no such upload, which would hide that the first one worked.
constexpr Call kComplete{
    Verb::Post, "/api/2.0/fs/files/{path...}?action=complete-upload&upload_type=multipart&session_token={session}",
    Safety::Unsafe};
constexpr Call kAbortLink{Verb::Post, "/api/2.0/fs/create-abort-upload-url", Safety::Safe};

constexpr std::uint64_t kMiB = 1024UL * 1024;
constexpr std::uint64_t kWhole = 50 * kMiB;  // up to here as one request
constexpr std::uint64_t kMaxWhole = 5 * 1024 * kMiB;
constexpr std::uint64_t kPart = 10 * kMiB;
constexpr std::uint64_t kMaxParts = 10'000;
constexpr std::size_t kWidth = 4;
constexpr int kLinks = 3;  // for a part, before it is given up
constexpr auto kLinkLife = std::chrono::hours(1);

SignedLink readLink(const core::Json& json) {
  SignedLink link{.url = core::SecretString(core::stringAt(json, "url"))};
  for (const auto& header : core::arrayAt(json, "headers"))
    link.headers.emplace_back(core::stringAt(header, "name"), core::stringAt(header, "value"));
  return link;
}

// Whether one request may work where parts do not: the workspace does not offer them, or not to this network. What
// else is in the way will be said by that request.
bool maySucceedWhole(const core::Error& error) {
  using core::ErrorCode;
  return error.code == ErrorCode::NotFound || error.code == ErrorCode::Unsupported ||
         error.code == ErrorCode::PermissionDenied || error.code == ErrorCode::InvalidParams ||
         error.code == ErrorCode::Conflict;
}

// An upload in parts that the workspace knows.
class PartsUpload {
 public:
  PartsUpload(const RestClient& rest, std::string_view path, core::SecretString session, http::BodySource& source,
              const CallOptions& options)
      : rest_(rest),
        path_(path),
        session_(std::move(session)),
        source_(source),
        options_(options),
        partSize_(std::max(kPart, (source.size() / kMaxParts / kMiB + 1) * kMiB)) {}

  core::Result<void> run() {
    auto done = sendPieces(kWidth, options_.cancel, [this](const core::CancelToken& cancel) { return send(cancel); });
    if (done) done = complete();
    if (!done && !options_.cancel.cancelled()) abort();
    return done;
  }

 private:
  struct Part {
    std::uint64_t number = 0;  // from 1
    std::string bytes;
  };

  core::Result<void> send(const core::CancelToken& cancel) {
    auto options = options_;
    options.cancel = cancel;
    while (true) {
      auto part = TROWEL_TRY(nextPart());
      if (part.bytes.empty()) return {};
      auto etag = TROWEL_TRY(put(part, options));
      std::lock_guard lock(mutex_);
      etags_[part.number] = std::move(etag);
    }
  }

  // The source is read by one at a time.
  core::Result<Part> nextPart() {
    std::lock_guard lock(mutex_);
    auto bytes = TROWEL_TRY(readPiece(source_, position_, partSize_));
    return Part{.number = ++parts_, .bytes = std::move(bytes)};
  }

  core::Result<std::string> put(const Part& part, const CallOptions& options) {
    for (int attempt = 1;; ++attempt) {
      auto link = TROWEL_TRY(linkOf(part.number, options));
      TextSource bytes(part.bytes);
      auto answer = rest_.upload(link, bytes, options);
      if (answer) {
        auto etag = http::headerOf(answer->headers, "ETag");
        if (!etag.empty()) return std::string(etag);
        return core::fail(core::ErrorCode::DataLoss, "The storage did not confirm a part of " + path_ + ". Try again.");
      }
      if (answer.error().code != core::ErrorCode::PermissionDenied || attempt == kLinks)
        return std::unexpected(std::move(answer).error());
    }
  }

  core::Result<SignedLink> linkOf(std::uint64_t part, const CallOptions& options) {
    auto params = paramsOfSession();
    params["start_part_number"] = part;
    params["count"] = 1;
    auto json = TROWEL_TRY(rest_.call(kPartLinks, params, options));
    const auto& links = core::arrayAt(json, "upload_part_urls");
    if (links.empty())
      return core::fail(core::ErrorCode::DataLoss,
                        "The workspace did not say where a part of " + path_ + " goes. Try again.");
    return readLink(links.front());
  }

  core::Result<void> complete() {
    core::Json parts = core::Json::array();
    for (const auto& [number, etag] : etags_) parts.push_back({{"part_number", number}, {"etag", etag}});
    TROWEL_TRY(rest_.call(
        kComplete, {{"path", relative(path_)}, {"session", session_.reveal()}, {"parts", std::move(parts)}}, options_));
    return {};
  }

  // So that the parts do not lie in the storage until it clears them away by itself. That may fail: the failure that
  // is told is the upload's.
  void abort() {
    auto json = rest_.call(kAbortLink, paramsOfSession(), options_);
    if (json) (void)rest_.remove(readLink(core::objectAt(*json, "abort_upload_url")), options_);
  }

  core::Json paramsOfSession() const {
    const auto expiry = std::chrono::floor<std::chrono::seconds>(rest_.clock().wallNow() + kLinkLife);
    return {{"path", path_},
            {"session_token", session_.reveal()},
            {"expire_time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(expiry))}};
  }

  const RestClient& rest_;
  const std::string path_;
  const core::SecretString session_;
  http::BodySource& source_;
  const CallOptions options_;
  const std::uint64_t partSize_;
  std::mutex mutex_;  // guards everything below
  std::uint64_t position_ = 0;
  std::uint64_t parts_ = 0;
  std::map<std::uint64_t, std::string> etags_;  // by part
};

}  // namespace

core::Result<void> Files::upload(std::string_view path, http::BodySource& source, bool overwrite,
                                 const CallOptions& options) const {
  if (source.size() <= kWhole) return uploadWhole(path, source, overwrite, options);
  auto begun = rest_.call(kInitiate, {{"path", relative(path)}, {"overwrite", overwrite}}, options);
  if (!begun && !maySucceedWhole(begun.error())) return std::unexpected(std::move(begun).error());
  auto session = begun ? core::stringAt(core::objectAt(*begun, "multipart_upload"), "session_token") : std::string();
  // Without a session of this kind: a cloud that has another one (resumable_upload), or no parts at all.
  if (session.empty()) return uploadWhole(path, source, overwrite, options);
  return PartsUpload(rest_, path, core::SecretString(std::move(session)), source, options).run();
}

core::Result<void> Files::uploadWhole(std::string_view path, http::BodySource& source, bool overwrite,
                                      const CallOptions& options) const {
  if (source.size() > kMaxWhole)
    return core::fail(core::ErrorCode::InvalidParams,
                      fmt::format("{} is larger than the 5 GiB that this workspace takes for one file.", path));
  // What is left out has meant both in the history of this API.
  TROWEL_TRY(
      rest_.upload(kUpload.safeIf(overwrite), {{"path", relative(path)}, {"overwrite", overwrite}}, source, options));
  return {};
}

}  // namespace trowel::databricks
