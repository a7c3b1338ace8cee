// SPDX-License-Identifier: Apache-2.0
// Large files out of a volume: ranges, several at a time, because one connection to the storage of a cloud is far
// slower than the network. Each asks for the version that the first look saw, so that no two versions are mixed.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "databricks/pieces.hpp"
#include "databricks/volume_path.hpp"
#include "trowel/databricks/files.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kDownload{Verb::Get, "/api/2.0/fs/files/{path...}", Safety::Safe, {}, true};

constexpr std::int64_t kRange = 8L * 1024 * 1024;
constexpr std::size_t kWidth = 4;

core::Error changed(std::string_view path, core::Error error = {}) {
  error.code = core::ErrorCode::Conflict;
  error.message = "The file " + std::string(path) + " was changed while it was read. Read it again.";
  return error;
}

// One range, however often its connection breaks; never more than was asked for.
class RangeBuffer {
 public:
  explicit RangeBuffer(std::int64_t size) : size_(static_cast<std::size_t>(size)) {}

  void listen(CallOptions& options) {
    options.onHead = [this](const http::HttpResponse& head) -> core::Result<void> {
      bytes_.clear();
      // The whole file, which need not fit into memory.
      if (head.status != 206) return core::fail(core::ErrorCode::Unsupported, "There are no ranges here.");
      return {};
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
  std::string bytes_;
};

}  // namespace

core::Result<void> Files::download(std::string_view path, const Sink& sink, const CallOptions& options,
                                   std::int64_t from) const {
  const auto file = TROWEL_TRY(getStatus(path, options));
  std::int64_t taken = 0;
  auto count = [&](std::string_view bytes) -> core::Result<void> {
    taken += std::ssize(bytes);
    return sink(bytes);
  };
  if (from > 0 && file.size >= 0 && from > file.size) return std::unexpected(changed(path));
  if (file.lastModified.empty() || file.size < 0) {
    if (from > 0) return core::fail(core::ErrorCode::Unsupported, "There are no ranges here.");
  } else if (from > 0 || file.size > 2 * kRange) {
    auto done = downloadRanges(path, file, from, count, options);
    if (done || from > 0 || taken > 0 || done.error().code != core::ErrorCode::Unsupported) return done;
  }
  TROWEL_TRY(rest_.download(kDownload, {{"path", relative(path)}}, count, options));
  if (file.size >= 0 && taken != file.size)
    return core::fail(core::ErrorCode::Conflict,
                      fmt::format("{} bytes of the file {} came where it has {}. It was changed meanwhile, or "
                                  "something between here and the workspace changes what it sends. Read it again.",
                                  taken, path, file.size));
  return {};
}

core::Result<void> Files::downloadRanges(std::string_view path, const VolumeFile& file, std::int64_t from,
                                         const Sink& sink, const CallOptions& options) const {
  auto fetch = [&](std::uint64_t number, const core::CancelToken& cancel) -> core::Result<std::string> {
    const auto first = from + static_cast<std::int64_t>(number) * kRange;
    const auto size = std::min(kRange, file.size - first);
    RangeBuffer buffer(size);
    auto each = options;
    each.cancel = cancel;
    buffer.listen(each);
    auto answer = rest_.fetch(kDownload, {{"path", relative(path)}}, each,
                              {{"Range", fmt::format("bytes={}-{}", first, first + size - 1)},
                               {"If-Unmodified-Since", file.lastModified},
                               {"Accept-Encoding", "identity"}});
    if (!answer) {
      const int status = answer.error().httpStatus;
      if (status == 412 || status == 416) return std::unexpected(changed(path, std::move(answer).error()));
      return std::unexpected(std::move(answer).error());
    }
    if (!buffer.isComplete())
      return core::fail(core::ErrorCode::DataLoss, "A part of " + std::string(path) + " is cut off. Try again.");
    return buffer.take();
  };
  const auto ranges = static_cast<std::uint64_t>((file.size - from + kRange - 1) / kRange);
  return fetchPieces(ranges, kWidth, options.cancel, fetch, sink);
}

}  // namespace trowel::databricks
