// SPDX-License-Identifier: Apache-2.0
// The page_token style of paging, which most lists share.
#pragma once

#include <cstddef>
#include <vector>

#include "emulator/server/call.hpp"

namespace trowel::emulator {

struct Page {
  std::size_t offset = 0;
  std::size_t size = 0;

  std::size_t begin(std::size_t total) const { return offset < total ? offset : total; }
  std::size_t end(std::size_t total) const { return size < total - begin(total) ? begin(total) + size : total; }
};

// Reads `tokenField` and `sizeField`: 0 or absent is `standard`; more than `maximum` is clamped, and to the cap that a
// test may force on every list. INVALID_PARAMETER_VALUE for a negative size and for a token that is none of ours.
Reply<Page> readPage(const Call& call, const char* sizeField, std::size_t standard, std::size_t maximum,
                     const char* tokenField = "page_token");

// The opaque token for what begins at `offset`.
std::string pageToken(std::size_t offset);

// Sets next_page_token where more is to come; else leaves it out.
void setNextPage(core::Json& answer, const Page& page, std::size_t total);

}  // namespace trowel::emulator
