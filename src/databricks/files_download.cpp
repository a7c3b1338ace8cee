// SPDX-License-Identifier: Apache-2.0
// Large files out of a volume: ranges, several at a time, because one connection to the storage of a cloud is far
// slower than the network. Each asks for the version that the first look saw, so that no two versions are mixed.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "databricks/download.hpp"
#include "databricks/volume_path.hpp"
#include "trowel/databricks/files.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kDownload{Verb::Get, "/api/2.0/fs/files/{path...}", Safety::Safe, {}, true};

constexpr std::int64_t kRange = 8L * 1024 * 1024;
constexpr std::size_t kWidth = 4;

// The version that ranges come from. A time in whole seconds does not tell two versions of one second apart.
class Version {
 public:
  bool holds(std::string_view etag) {
    std::lock_guard lock(mutex_);
    if (etag_.empty()) etag_ = etag;
    return etag.empty() || etag == etag_;
  }

 private:
  std::mutex mutex_;  // guards etag_
  std::string etag_;
};

// One range, however often its connection breaks; never more than was asked for.
class RangeBuffer {
 public:
  RangeBuffer(std::int64_t size, Version& version) : size_(static_cast<std::size_t>(size)), version_(version) {
    bytes_.reserve(size_);
  }

  void listen(CallOptions& options) {
    options.onHead = [this](const http::HttpResponse& head) -> core::Result<void> {
      bytes_.clear();
      // The whole file, which need not fit into memory.
      if (head.status != 206) return core::fail(core::ErrorCode::Unsupported, "There are no ranges here.");
      if (version_.holds(http::headerOf(head.headers, "ETag"))) return {};
      return core::fail(core::ErrorCode::Conflict, "Another version came than was asked for.");
    };
    options.onBody = [this](std::string_view part) -> core::Result<void> {
      if (part.size() > size_ - bytes_.size())
        return core::fail(core::ErrorCode::DataLoss, "More came than was asked for. Try again.");
      bytes_ += part;
      return {};
    };
  }
  bool isComplete() const { return bytes_.size() == size_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::size_t size_;
  Version& version_;
  std::string bytes_;
};

class VolumeDownload final : public Download {
 public:
  VolumeDownload(const RestClient& rest, std::string path, Sink sink, Restart restart, std::uint64_t from)
      : Download(std::move(path), std::move(sink), std::move(restart), from), rest_(rest) {}

 private:
  void forgetVersion() override {
    file_.reset();
    version_.emplace();
  }

  core::Result<void> goOn(const CallOptions& options) override {
    auto file = TROWEL_TRY(Files(rest_).getStatus(path(), options));
    if (!file_) file_ = file;
    if (file.size != file_->size || file.lastModified != file_->lastModified || file.etag != file_->etag)
      return std::unexpected(changed());
    if (file_->size >= 0 && static_cast<std::uint64_t>(file_->size) < from()) return std::unexpected(changed());
    if (servesRanges_ && (file_->size > 2 * kRange || (from() > 0 && file_->size >= 0)) &&
        !file_->lastModified.empty()) {
      auto done = takeRanges(options);
      if (done || servesRanges_ || done.error().code != core::ErrorCode::Unsupported) return done;
      pieces() = {};
    }
    return takeAll(options);
  }

  core::Result<void> takeRanges(const CallOptions& options) {
    const auto ranges = (static_cast<std::uint64_t>(file_->size) - from() + kRange - 1) / kRange;
    return fetchPieces(
        pieces(), ranges, kWidth, options.cancel,
        [&](std::uint64_t number, const core::CancelToken& cancel) { return fetch(number, options, cancel); },
        [this](std::string_view bytes) { return hand(bytes); });
  }

  core::Result<std::string> fetch(std::uint64_t number, CallOptions options, const core::CancelToken& cancel) {
    const auto first = static_cast<std::int64_t>(from() + number * kRange);
    const auto size = std::min(kRange, file_->size - first);
    RangeBuffer buffer(size, *version_);
    options.cancel = cancel;
    buffer.listen(options);
    auto answer = rest_.fetch(kDownload, {{"path", relative(path())}}, options,
                              {{"Range", fmt::format("bytes={}-{}", first, first + size - 1)},
                               {"If-Unmodified-Since", file_->lastModified},
                               {"Accept-Encoding", "identity"}});
    if (!answer) {
      const auto& error = answer.error();
      if (error.code == core::ErrorCode::Unsupported) servesRanges_ = false;
      if (error.httpStatus == 412 || error.httpStatus == 416 || error.code == core::ErrorCode::Conflict)
        return std::unexpected(changed(std::move(answer).error()));
      return std::unexpected(std::move(answer).error());
    }
    if (!buffer.isComplete())
      return core::fail(core::ErrorCode::DataLoss, "A part of " + path() + " is cut off. Try again.");
    return buffer.take();
  }

  // As one stream. What the sink has got before, as ranges or in an attempt before this one, comes again, and is
  // dropped.
  core::Result<void> takeAll(const CallOptions& options) {
    std::uint64_t come = 0;
    auto fresh = [&](std::string_view bytes) -> core::Result<void> {
      const auto known = std::min<std::uint64_t>(arrived() - std::min<std::uint64_t>(come, arrived()), bytes.size());
      come += bytes.size();
      bytes.remove_prefix(static_cast<std::size_t>(known));
      return bytes.empty() ? core::Result<void>() : hand(bytes);
    };
    const auto headers = TROWEL_TRY(rest_.download(kDownload, {{"path", relative(path())}}, fresh, options));
    const auto modified = http::headerOf(headers, "Last-Modified");
    if (!modified.empty() && !file_->lastModified.empty() && modified != file_->lastModified)
      return std::unexpected(changed());
    if (file_->size < 0 || come == static_cast<std::uint64_t>(file_->size)) return {};
    return core::fail(core::ErrorCode::Conflict,
                      fmt::format("{} bytes of the file {} came where it has {}. It was changed meanwhile, or "
                                  "something between here and the workspace changes what it sends. Read it again.",
                                  come, path(), file_->size));
  }

  const RestClient& rest_;
  std::atomic<bool> servesRanges_ = true;
  std::optional<VolumeFile> file_;  // as it was when it was begun
  std::optional<Version> version_{std::in_place};
};

}  // namespace

std::unique_ptr<Transfer> Files::startDownload(std::string path, Sink sink, Restart restart, std::uint64_t from) const {
  return std::make_unique<VolumeDownload>(rest_, std::move(path), std::move(sink), std::move(restart), from);
}

core::Result<void> Files::download(std::string_view path, const Sink& sink, const CallOptions& options) const {
  return startDownload(std::string(path), sink)->run(options);
}

}  // namespace trowel::databricks
