// SPDX-License-Identifier: Apache-2.0
// Large files to and from DBFS, whose API moves a mebibyte a call. Reading is without a state, so blocks come side by
// side; writing goes through a handle that only knows "append", so they go one after the other, and a block whose
// answer is lost may or may not be in the file: then the file is begun anew.
#include <algorithm>

#include "databricks/client/body_reading.hpp"
#include "databricks/pieces.hpp"
#include "trowel/databricks/dbfs.hpp"

namespace trowel::databricks {

namespace {

constexpr std::size_t kWidth = 4;
constexpr int kAttempts = 3;

std::unexpected<core::Error> changed(std::string_view path) {
  return core::fail(core::ErrorCode::Conflict,
                    "The file " + std::string(path) + " was changed while it was read. Read it again.");
}

// May have happened or not; or the handle is gone, as after a laptop's sleep.
bool isInDoubt(const core::Error& error) {
  using core::ErrorCode;
  return error.code == ErrorCode::Unavailable || error.code == ErrorCode::DataLoss ||
         error.code == ErrorCode::DeadlineExceeded || error.code == ErrorCode::NotFound;
}

}  // namespace

core::Result<void> Dbfs::download(std::string_view path, const Sink& sink, const CallOptions& options,
                                  std::int64_t from) const {
  const auto file = TROWEL_TRY(getStatus(path, options));
  if (file.isFolder)
    return core::fail(core::ErrorCode::InvalidParams, std::string(path) + " is a folder, which cannot be read.");

  if (from > file.size) return changed(path);

  auto fetch = [&](std::uint64_t number, const core::CancelToken& cancel) -> core::Result<std::string> {
    auto each = options;
    each.cancel = cancel;
    const auto begin = from + static_cast<std::int64_t>(number) * kBlock;
    const auto wanted = std::min(kBlock, file.size - begin);
    std::string block;
    while (std::ssize(block) < wanted) {
      auto part = TROWEL_TRY(read(path, begin + std::ssize(block), wanted - std::ssize(block), each));
      if (part.empty()) return changed(path);
      block += part;
    }
    return block;
  };
  const auto blocks = static_cast<std::uint64_t>((file.size - from + kBlock - 1) / kBlock);
  TROWEL_TRY(fetchPieces(blocks, kWidth, options.cancel, fetch, sink));
  if (blocks < 2) return {};

  // Blocks of two versions of the file would fit together perfectly.
  const auto after = TROWEL_TRY(getStatus(path, options));
  if (after.size != file.size || after.modifiedAt != file.modifiedAt) return changed(path);
  return {};
}

core::Result<void> Dbfs::upload(std::string_view path, http::BodySource& source, bool overwrite,
                                const CallOptions& options) const {
  if (source.size() <= kBlock) {
    std::uint64_t position = 0;
    return put(path, TROWEL_TRY(readPiece(source, position, kBlock)), overwrite, options);
  }
  for (int attempt = 1;; ++attempt) {
    // From the second attempt on what is in the way is our own.
    auto handle = TROWEL_TRY(create(path, overwrite || attempt > 1, options));
    auto done = append(handle, source, options);
    if (done || attempt == kAttempts || !isInDoubt(done.error()) || options.cancel.cancelled() || !source.rewind())
      return done;
  }
}

core::Result<void> Dbfs::append(std::int64_t handle, http::BodySource& source, const CallOptions& options) const {
  for (std::uint64_t position = 0; position < source.size();) {
    auto block = TROWEL_TRY(readPiece(source, position, kBlock));
    TROWEL_TRY(addBlock(handle, block, options));
  }
  return close(handle, options);
}

}  // namespace trowel::databricks
