// SPDX-License-Identifier: Apache-2.0
// Where a list goes on: reads a page and makes the parameters that ask for the next one, in every style of paging that
// the REST API has. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_set>

#include "trowel/core/json.hpp"
#include "trowel/databricks/call.hpp"

namespace trowel::databricks {

// The page's items: an array, empty where the page has none. Lives as long as `page`.
const core::Json& itemsOf(const Paging& paging, const core::Json& page);

// False where something else stands in the items' place: absent or null is an empty list.
bool isPage(const Paging& paging, const core::Json& page);

class PageCursor {
 public:
  // `params` are those of the first request; null for none.
  PageCursor(const Paging& paging, const core::Json& params);

  ~PageCursor();

  const core::Json& params() const { return *params_; }

  enum class Step : std::uint8_t {
    Next,     // there is another page; params() asks for it
    End,      // this was the last one
    Loop,     // the server names a page that was there already
    Endless,  // more pages than any real list has
    Damaged,  // where the items should be is something else
  };
  Step advance(const core::Json& page);

 private:
  Step byToken(const core::Json& page);
  Step byNumber(const core::Json& page);
  bool seen(const core::Json& mark);

  Paging paging_;
  std::unique_ptr<core::Json> params_;
  std::int64_t read_ = 0;  // items so far
  std::size_t pages_ = 0;
  std::unordered_set<std::size_t> marks_;  // hashes of the tokens so far; of the last page where there are none
};

}  // namespace trowel::databricks
