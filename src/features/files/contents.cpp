// SPDX-License-Identifier: Apache-2.0
#include "contents.hpp"

#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/places.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;

constexpr std::size_t kMaxContents = 1024UL * 1024 * 1024;

}  // namespace

std::string contentsFolder() { return os::runtimeDir() + "/contents"; }

core::Result<std::string> putContents(std::string_view bytes) {
  TROWEL_TRY(os::makePrivateDirs(contentsFolder()));
  return os::writeTempFile(contentsFolder(), "content-", bytes);
}

core::Result<std::string> takeContents(const std::optional<std::string>& base64,
                                       const std::optional<std::string>& path) {
  if (base64.has_value() == path.has_value())
    return core::fail(ErrorCode::InvalidParams, "Wrong parameters: exactly one of 'base64' and 'path' must be there.");
  if (base64) {
    auto bytes = core::fromBase64(*base64);
    if (!bytes) return core::fail(ErrorCode::InvalidParams, "Wrong parameters: '/base64' must be base64.");
    return *std::move(bytes);
  }
  // Resolved first: neither '..' nor a link leads to a file that is somebody's own.
  auto real = TROWEL_TRY(os::realPath(*path));
  auto folder = TROWEL_TRY(os::realPath(contentsFolder()));
  if (!real.starts_with(folder + "/"))
    return core::fail(ErrorCode::InvalidParams, "Wrong parameters: '/path' must be a file in " + folder + ".");
  auto bytes = TROWEL_TRY(os::readFile(real, kMaxContents));
  TROWEL_TRY(os::removeFile(real));
  return bytes;
}

}  // namespace trowel::features
