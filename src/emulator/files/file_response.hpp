// SPDX-License-Identifier: Apache-2.0
// Answers with the bytes of a file as HTTP asks: ranges, conditions, dates (RFC 9110).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/files/file_tree.hpp"
#include "emulator/server/api_error.hpp"

namespace trowel::emulator {

// "Fri, 20 Nov 2026 08:30:00 GMT", and back to epoch milliseconds.
std::string httpDate(std::int64_t epochMilliseconds);
std::optional<std::int64_t> parseHttpDate(std::string_view text);

// The whole file, the part that Range asks for (206; 416 where there is none), or 412 where the file has changed since
// If-Unmodified-Since. A list of several ranges, which a server may ignore, gets the whole.
Reply<Response> fileResponse(const Request& request, std::filesystem::path file, const FileStatus& status);

// Takes all that comes. MALFORMED_REQUEST where the client goes away, 413 above `limit` bytes, or the problem with the
// disk as it is said of `path`.
Reply<void> receive(BodyReader& body, StagedFile& file, std::uint64_t limit, std::string_view path);

}  // namespace trowel::emulator
