// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/file_response.hpp"

#include <fmt/format.h>

#include <charconv>
#include <ctime>

#include "emulator/files/file_path.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

struct Range {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// What is larger than any file is that.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::result_out_of_range) value = UINT64_MAX;
  if (problem == std::errc::invalid_argument || rest != text.data() + text.size()) return std::nullopt;
  return value;
}

// "bytes=a-b", "bytes=a-" or "bytes=-n". Nothing where the header is to be ignored; a length of 0 where it asks for
// what is not there.
std::optional<Range> parseRange(std::string_view header, std::uint64_t size) {
  if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) return std::nullopt;
  auto spec = core::trim(header.substr(6));
  auto dash = spec.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  auto last = number(spec.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    auto length = std::min(*last, size);
    return Range{size - length, length};
  }
  auto first = number(spec.substr(0, dash));
  if (!first || (!last && dash + 1 != spec.size()) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return Range{};
  auto end = last ? std::min(*last, size - 1) : size - 1;
  return Range{*first, end - *first + 1};
}

}  // namespace

std::string httpDate(std::int64_t epochMilliseconds) {
  auto seconds = static_cast<std::time_t>(epochMilliseconds / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  auto length = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, length};
}

std::optional<std::int64_t> parseHttpDate(std::string_view text) {
  std::tm parts{};
  const char* end = ::strptime(std::string(text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr) return std::nullopt;
  return std::int64_t{::timegm(&parts)} * 1000;
}

Reply<Response> fileResponse(const Request& request, std::filesystem::path file, const FileStatus& status) {
  auto limit = parseHttpDate(request.header("if-unmodified-since"));
  if (limit && status.modifiedAt / 1000 > *limit / 1000)
    return refuse(412, "FAILED_PRECONDITION", "The file has been modified since the time in If-Unmodified-Since.");
  Response response{.file = FileBody{.file = std::move(file), .offset = 0, .length = status.size},
                    .contentType = "application/octet-stream",
                    .headers = {{"Accept-Ranges", "bytes"}, {"Last-Modified", httpDate(status.modifiedAt)}}};
  auto range = parseRange(request.header("range"), status.size);
  if (!range) return response;
  if (range->length == 0) {
    response.status = 416;
    response.file.reset();
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", status.size));
    return response;
  }
  response.status = 206;
  response.file->offset = range->first;
  response.file->length = range->length;
  response.headers.emplace_back(
      "Content-Range", fmt::format("bytes {}-{}/{}", range->first, range->first + range->length - 1, status.size));
  return response;
}

Reply<void> receive(BodyReader& body, StagedFile& file, std::uint64_t limit, std::string_view path) {
  auto tooLarge = [&] {
    return refuse(413, "MAX_REQUEST_SIZE_EXCEEDED",
                  "The file must not be larger than " + std::to_string(limit) + " bytes: " + std::string(path));
  };
  if (body.announced().value_or(0) > limit) return tooLarge();
  while (true) {
    auto piece = body.next();
    if (!piece) return malformedRequest(piece.error().message);
    if (piece->empty()) return {};
    if (file.size() + piece->size() > limit) return tooLarge();
    if (auto written = file.append(*piece); !written) return fileError(written.error(), path);
  }
}

}  // namespace trowel::emulator
