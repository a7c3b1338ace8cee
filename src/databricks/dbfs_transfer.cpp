// SPDX-License-Identifier: Apache-2.0
// Large files to and from DBFS, whose API moves a mebibyte a call. Reading is without a state, so blocks come side by
// side; writing goes through a handle that only knows "append" and does not tell how far it is, so they go one after
// the other, and a block whose answer is lost may or may not be in the file: then the file is begun anew.
#include <algorithm>
#include <atomic>
#include <optional>

#include "databricks/client/body_reading.hpp"
#include "databricks/download.hpp"
#include "trowel/databricks/dbfs.hpp"

namespace trowel::databricks {

namespace {

constexpr std::size_t kWidth = 4;
constexpr int kAttempts = 3;

// May have happened or not; or the handle is gone, as after a laptop's sleep.
bool isInDoubt(const core::Error& error) {
  using core::ErrorCode;
  return error.code == ErrorCode::Unavailable || error.code == ErrorCode::DataLoss ||
         error.code == ErrorCode::DeadlineExceeded || error.code == ErrorCode::NotFound ||
         error.code == ErrorCode::Cancelled;
}

class DbfsDownload final : public Download {
 public:
  DbfsDownload(const RestClient& rest, std::string path, Sink sink, Restart restart, std::uint64_t from)
      : Download(std::move(path), std::move(sink), std::move(restart), from), dbfs_(rest) {}

 private:
  std::int64_t begin() const { return static_cast<std::int64_t>(from()); }

  void forgetVersion() override { version_.reset(); }

  core::Result<void> goOn(const CallOptions& options) override {
    const auto file = TROWEL_TRY(dbfs_.getStatus(path(), options));
    if (file.isFolder)
      return core::fail(core::ErrorCode::InvalidParams, path() + " is a folder, which cannot be read.");
    if (!version_) version_ = file;
    if (!isVersionOf(file) || file.size < begin()) return std::unexpected(changed());

    const auto blocks = static_cast<std::uint64_t>((file.size - begin() + Dbfs::kBlock - 1) / Dbfs::kBlock);
    TROWEL_TRY(fetchPieces(
        pieces(), blocks, kWidth, options.cancel,
        [&](std::uint64_t number, const core::CancelToken& cancel) { return fetch(number, options, cancel); },
        [this](std::string_view bytes) { return hand(bytes); }));
    if (blocks < 2) return {};

    // Blocks of two versions of the file would fit together perfectly.
    if (!isVersionOf(TROWEL_TRY(dbfs_.getStatus(path(), options)))) return std::unexpected(changed());
    return {};
  }

  core::Result<std::string> fetch(std::uint64_t number, CallOptions options, const core::CancelToken& cancel) const {
    options.cancel = cancel;
    const auto first = begin() + static_cast<std::int64_t>(number) * Dbfs::kBlock;
    const auto wanted = std::min(Dbfs::kBlock, version_->size - first);
    std::string block;
    while (std::ssize(block) < wanted) {
      auto part = TROWEL_TRY(dbfs_.read(path(), first + std::ssize(block), wanted - std::ssize(block), options));
      if (part.empty()) return std::unexpected(changed());
      block += part;
    }
    return block;
  }

  bool isVersionOf(const DbfsFile& file) const {
    return file.size == version_->size && file.modifiedAt == version_->modifiedAt;
  }

  const Dbfs dbfs_;
  std::optional<DbfsFile> version_;
};

class DbfsUpload final : public Transfer {
 public:
  DbfsUpload(const RestClient& rest, std::string path, http::BodySource& source, bool overwrite)
      : dbfs_(rest), path_(std::move(path)), source_(source), overwrite_(overwrite) {}

  core::Result<void> run(const CallOptions& options) override {
    for (int attempt = 1;; ++attempt) {
      if (spent_) TROWEL_TRY(startAnew());
      auto done = source_.size() <= Dbfs::kBlock ? putWhole(options) : append(options);
      // A block that was refused without a doubt goes again by the same handle.
      if (done || !isInDoubt(done.error())) return done;
      spent_ = true;
      if (options.cancel.cancelled() || !created_ || attempt == kAttempts || !startAnew()) return done;
    }
  }

  std::uint64_t arrived() const override { return arrived_; }

 private:
  core::Result<void> startAnew() {
    TROWEL_TRY(source_.rewind());
    spent_ = false;
    handle_.reset();
    position_ = 0;
    block_.clear();
    arrived_ = 0;
    return {};
  }

  core::Result<void> putWhole(const CallOptions& options) {
    spent_ = true;
    TROWEL_TRY(dbfs_.put(path_, TROWEL_TRY(readPiece(source_, position_, Dbfs::kBlock)), overwrite_, options));
    arrived_ = source_.size();
    return {};
  }

  core::Result<void> append(const CallOptions& options) {
    // From the second time on what is in the way is our own.
    if (!handle_) handle_ = TROWEL_TRY(dbfs_.create(path_, overwrite_ || created_, options));
    created_ = true;
    while (!block_.empty() || position_ < source_.size()) {
      if (block_.empty()) {
        auto next = readPiece(source_, position_, Dbfs::kBlock);
        spent_ = !next;  // nobody knows how far the source is
        block_ = TROWEL_TRY(std::move(next));
      }
      TROWEL_TRY(dbfs_.addBlock(*handle_, block_, options));
      arrived_ += block_.size();
      block_.clear();
    }
    return dbfs_.close(*handle_, options);
  }

  const Dbfs dbfs_;
  const std::string path_;
  http::BodySource& source_;
  const bool overwrite_;
  std::optional<std::int64_t> handle_;  // of the file that grows
  bool created_ = false;                // that file, at least once
  bool spent_ = false;                  // neither handle nor source are where they should be
  std::string block_;                   // that was read, and has not arrived
  std::uint64_t position_ = 0;          // of the source
  std::atomic<std::uint64_t> arrived_ = 0;
};

}  // namespace

std::unique_ptr<Transfer> Dbfs::startDownload(std::string path, Sink sink, Restart restart, std::uint64_t from) const {
  return std::make_unique<DbfsDownload>(rest_, std::move(path), std::move(sink), std::move(restart), from);
}

std::unique_ptr<Transfer> Dbfs::startUpload(std::string path, http::BodySource& source, bool overwrite) const {
  return std::make_unique<DbfsUpload>(rest_, std::move(path), source, overwrite);
}

core::Result<void> Dbfs::download(std::string_view path, const Sink& sink, const CallOptions& options) const {
  return startDownload(std::string(path), sink)->run(options);
}

core::Result<void> Dbfs::upload(std::string_view path, http::BodySource& source, bool overwrite,
                                const CallOptions& options) const {
  return startUpload(std::string(path), source, overwrite)->run(options);
}

}  // namespace trowel::databricks
