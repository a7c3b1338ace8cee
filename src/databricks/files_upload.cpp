// SPDX-License-Identifier: Apache-2.0
// Files into a volume: small ones as one request, large ones in parts that go to the cloud's storage by links which the
// workspace signs. A part that is lost goes again alone, by a new link where the old one has expired; after a failure
// those that were read stay in memory, so that the source is where it should be when the upload goes on. The links
// carry the permission, so no credential goes to the storage.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

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
constexpr std::uint64_t kMaxWhole = 5120 * kMiB;
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

// The workspace has no such upload any more.
bool isForgotten(const core::Error& error) {
  return error.code == core::ErrorCode::NotFound || error.code == core::ErrorCode::InvalidParams;
}

// May have been done, although no answer says so.
bool isInDoubt(const core::Error& error) {
  using core::ErrorCode;
  return error.code == ErrorCode::Unavailable || error.code == ErrorCode::DataLoss ||
         error.code == ErrorCode::DeadlineExceeded || error.code == ErrorCode::Cancelled;
}

class VolumeUpload final : public Transfer {
 public:
  VolumeUpload(const RestClient& rest, std::string path, http::BodySource& source, bool overwrite)
      : rest_(rest),
        path_(std::move(path)),
        source_(source),
        overwrite_(overwrite),
        partSize_(std::max(kPart, (source.size() / kMaxParts / kMiB + 1) * kMiB)),
        inParts_(source.size() > kWhole) {}

  core::Result<void> run(const CallOptions& options) override {
    if (broken_) forget();
    const bool goesOn = !session_.empty();
    auto done = move(options);
    if (done || !goesOn || !isForgotten(done.error())) return done;
    forget();
    return move(options);
  }

  std::uint64_t arrived() const override { return arrived_; }

  // So that the parts do not lie in the storage until it clears them away by itself. That may fail: the failure that
  // is told is the upload's.
  void abandon(const CallOptions& options) override {
    if (session_.empty()) return;
    auto json = rest_.call(kAbortLink, paramsOfSession(), options);
    if (json) (void)rest_.remove(readLink(core::objectAt(*json, "abort_upload_url")), options);
    forget();
  }

 private:
  struct Part {
    std::uint64_t number = 0;  // from 1
    std::string bytes;
  };

  core::Result<void> move(const CallOptions& options) {
    if (inParts_ && session_.empty()) TROWEL_TRY(begin(options));
    if (!inParts_) return sendWhole(options);
    TROWEL_TRY(sendPieces(kWidth, options.cancel, [&](const core::CancelToken& cancel) {
      auto each = options;
      each.cancel = cancel;
      return sendParts(each);
    }));
    return complete(options);
  }

  core::Result<void> begin(const CallOptions& options) {
    TROWEL_TRY(toTheStart());
    auto before = overwrite_ ? Files(rest_).getStatus(path_, options) : VolumeFile{};
    before_ = before ? std::optional(before->lastModified) : std::nullopt;
    if (!before && before.error().code == core::ErrorCode::NotFound) before_ = "";
    auto begun = rest_.call(kInitiate, {{"path", relative(path_)}, {"overwrite", overwrite_}}, options);
    if (!begun && !maySucceedWhole(begun.error())) return std::unexpected(std::move(begun).error());
    if (begun)
      session_ = core::SecretString(core::stringAt(core::objectAt(*begun, "multipart_upload"), "session_token"));
    // Without a session of this kind: a cloud that has another one (resumable_upload), or no parts at all.
    inParts_ = !session_.empty();
    return {};
  }

  core::Result<void> sendWhole(const CallOptions& options) {
    if (source_.size() > kMaxWhole)
      return core::fail(core::ErrorCode::InvalidParams,
                        fmt::format("{} is larger than the 5 GiB that this workspace takes for one file.", path_));
    TROWEL_TRY(toTheStart());
    touched_ = true;
    // What is left out has meant both in the history of this API.
    TROWEL_TRY(rest_.upload(kUpload.safeIf(overwrite_), {{"path", relative(path_)}, {"overwrite", overwrite_}}, source_,
                            options));
    arrived_ = source_.size();
    return {};
  }

  core::Result<void> sendParts(const CallOptions& options) {
    while (true) {
      if (options.cancel.cancelled()) return std::unexpected(options.cancel.error("The upload of " + path_));
      auto part = TROWEL_TRY(nextPart());
      if (part.bytes.empty()) return {};
      auto etag = put(part, options);
      std::lock_guard lock(mutex_);
      if (!etag) {
        waiting_.push_back(std::move(part));
        return std::unexpected(std::move(etag).error());
      }
      etags_[part.number] = *std::move(etag);
      arrived_ += part.bytes.size();
    }
  }

  // One that did not arrive in an attempt before this one, else what comes next from the source, which is read by one
  // at a time.
  core::Result<Part> nextPart() {
    std::lock_guard lock(mutex_);
    if (!waiting_.empty()) {
      auto part = std::move(waiting_.back());
      waiting_.pop_back();
      return part;
    }
    // Nobody knows how far it is: what came of it now would be taken for other bytes.
    if (broken_) return std::unexpected(*broken_);
    touched_ = true;
    auto bytes = readPiece(source_, position_, partSize_);
    if (!bytes) {
      broken_ = bytes.error();
      return std::unexpected(std::move(bytes).error());
    }
    return Part{.number = ++parts_, .bytes = *std::move(bytes)};
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

  core::Result<void> complete(const CallOptions& options) {
    core::Json parts = core::Json::array();
    for (const auto& [number, etag] : etags_) parts.push_back({{"part_number", number}, {"etag", etag}});
    auto done = rest_.call(
        kComplete, {{"path", relative(path_)}, {"session", session_.reveal()}, {"parts", std::move(parts)}}, options);
    if (done) return {};
    completing_ = completing_ || isInDoubt(done.error());
    if (completing_ && isThere(options)) return {};
    return std::unexpected(std::move(done).error());
  }

  // The upload has come to its end, and only the answer was lost: a file of this size is there that was not before.
  bool isThere(const CallOptions& options) const {
    auto file = Files(rest_).getStatus(path_, options);
    return file && file->size == static_cast<std::int64_t>(source_.size()) && before_ && !file->lastModified.empty() &&
           file->lastModified != *before_;
  }

  // The source, unless it stands there.
  core::Result<void> toTheStart() {
    if (touched_) TROWEL_TRY(source_.rewind());
    touched_ = false;
    return {};
  }

  void forget() {
    session_ = {};
    completing_ = false;
    broken_.reset();
    position_ = parts_ = 0;
    arrived_ = 0;
    waiting_.clear();
    etags_.clear();
  }

  core::Json paramsOfSession() const {
    const auto expiry = std::chrono::floor<std::chrono::seconds>(rest_.clock().wallNow() + kLinkLife);
    return {{"path", path_},
            {"session_token", session_.reveal()},
            {"expire_time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(expiry))}};
  }

  const RestClient& rest_;
  const std::string path_;
  http::BodySource& source_;
  const bool overwrite_;
  const std::uint64_t partSize_;
  bool inParts_;
  core::SecretString session_;         // of an upload in parts that the workspace knows; empty: none is under way
  std::optional<std::string> before_;  // lastModified of the file that it replaces, empty: there is none; or unknown
  bool completing_ = false;            // it may have been told to come to its end
  std::atomic<std::uint64_t> arrived_ = 0;
  std::mutex mutex_;                   // guards everything below while parts are sent
  bool touched_ = false;               // the source does not stand at its start
  std::optional<core::Error> broken_;  // why it could not be read
  std::uint64_t position_ = 0;
  std::uint64_t parts_ = 0;
  std::vector<Part> waiting_;                   // were read and have not arrived; kWidth at most
  std::map<std::uint64_t, std::string> etags_;  // by part
};

}  // namespace

std::unique_ptr<Transfer> Files::startUpload(std::string path, http::BodySource& source, bool overwrite) const {
  return std::make_unique<VolumeUpload>(rest_, std::move(path), source, overwrite);
}

core::Result<void> Files::upload(std::string_view path, http::BodySource& source, bool overwrite,
                                 const CallOptions& options) const {
  auto upload = startUpload(std::string(path), source, overwrite);
  auto done = upload->run(options);
  if (!done && !options.cancel.cancelled()) upload->abandon(options);
  return done;
}

}  // namespace trowel::databricks
