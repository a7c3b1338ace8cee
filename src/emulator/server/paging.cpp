// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/paging.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::string_view kMark = "page:";

}  // namespace

Reply<Page> readPage(const Call& call, const char* sizeField, std::size_t standard, std::size_t maximum,
                     const char* tokenField) {
  Page page;
  // Two fallbacks tell an absent or empty size from what is no number.
  auto size = call.number(sizeField, 0);
  if (size != call.number(sizeField, 1) && !call.text(sizeField).empty())
    return invalidParameter("Could not parse " + std::string(sizeField) + ": not a number.");
  if (size < 0) return invalidParameter(std::string(sizeField) + " must not be negative.");
  page.size = std::min(size == 0 ? standard : static_cast<std::size_t>(size), maximum);
  if (call.pageCap() != 0) page.size = std::min(page.size, call.pageCap());
  std::string token = call.text(tokenField);
  if (token.empty()) return page;
  std::string decoded = core::fromBase64(token).value_or("");
  const char* end = decoded.data() + decoded.size();
  bool ours = decoded.starts_with(kMark);
  if (ours) {
    auto [rest, problem] = std::from_chars(decoded.data() + kMark.size(), end, page.offset);
    ours = problem == std::errc() && rest == end;
  }
  if (!ours) return invalidParameter("Invalid page token: " + core::toValidUtf8(token));
  return page;
}

std::string pageToken(std::size_t offset) { return core::toBase64(std::string(kMark) + std::to_string(offset)); }

void setNextPage(core::Json& answer, const Page& page, std::size_t total) {
  if (page.end(total) < total) answer["next_page_token"] = pageToken(page.end(total));
}

}  // namespace trowel::emulator
