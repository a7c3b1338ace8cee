// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/page_cursor.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace trowel::databricks {

namespace {

using Style = Paging::Style;

// Far above any real list; a server that pages for ever is not followed for ever.
constexpr std::size_t kMaxPages = 100'000;

const char* numberParam(Style style) {
  if (style == Style::StartIndex) return "startIndex";
  return style == Style::PageNumber ? "page" : "offset";
}

}  // namespace

PageCursor::PageCursor(const Paging& paging, const core::Json& params)
    : paging_(paging), params_(std::make_unique<core::Json>(params.is_null() ? core::Json::object() : params)) {}
PageCursor::~PageCursor() = default;

const core::Json& itemsOf(const Paging& paging, const core::Json& page) {
  // As arrayAt: for as long as the page lives.
  if (paging.items.empty() && page.is_array()) return page;  // NOLINT(bugprone-return-const-ref-from-parameter)
  return core::arrayAt(page, std::string(paging.items).c_str());
}

bool isPage(const Paging& paging, const core::Json& page) {
  if (paging.items.empty()) return true;
  if (!page.is_object()) return false;
  auto items = page.find(std::string(paging.items));
  return items == page.end() || items->is_array() || items->is_null();
}

PageCursor::Step PageCursor::advance(const core::Json& page) {
  if (!isPage(paging_, page)) return Step::Damaged;  // it would look like the empty end of the list
  auto step = Step::End;
  if (paging_.style == Style::Token || paging_.style == Style::NextPage)
    step = byToken(page);
  else if (paging_.style != Style::OnePage)
    step = byNumber(page);
  return step == Step::Next && ++pages_ >= kMaxPages ? Step::Endless : step;
}

PageCursor::Step PageCursor::byToken(const core::Json& page) {
  auto token = core::stringAt(page, std::string(paging_.tokenField).c_str());
  if (!token.empty()) {
    if (seen(token)) return Step::Loop;
    (*params_)[std::string(paging_.tokenParam)] = std::move(token);
    for (auto name : paging_.firstPageOnly) params_->erase(std::string(name));
    return Step::Next;
  }
  if (paging_.style != Style::NextPage) return Step::End;
  const auto& next = core::objectAt(page, "next_page");
  if (next.empty()) return Step::End;
  if (seen(next)) return Step::Loop;
  *params_ = next;
  return Step::Next;
}

// These styles have no end of their own but the total, which may change between two pages or be missing. An empty page
// ends them; and a server that does not look at the number would send the same page again and again.
PageCursor::Step PageCursor::byNumber(const core::Json& page) {
  const auto& items = itemsOf(paging_, page);
  if (items.empty()) return Step::End;
  if (seen(items)) return Step::Loop;
  marks_ = {std::hash<core::Json>{}(items)};

  const auto count = static_cast<std::int64_t>(items.size());
  read_ += count;
  const char* total = paging_.style == Style::StartIndex ? "totalResults" : "count";
  const bool more =
      paging_.style == Style::Offset ? core::boolAt(page, "has_more") : read_ < core::intAt(page, total, read_ + 1);
  if (!more) return Step::End;
  const char* param = numberParam(paging_.style);
  const std::int64_t first = paging_.style == Style::Offset ? 0 : 1;
  (*params_)[param] = core::intAt(*params_, param, first) + (paging_.style == Style::PageNumber ? 1 : count);
  return Step::Next;
}

bool PageCursor::seen(const core::Json& mark) { return !marks_.insert(std::hash<core::Json>{}(mark)).second; }

}  // namespace trowel::databricks
