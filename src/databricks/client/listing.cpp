// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/listing.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "databricks/client/page_cursor.hpp"
#include "databricks/client/read_ahead.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

namespace {

using Step = PageCursor::Step;

// True: go on.
core::Result<bool> follow(Step step, const RestClient& rest, const Call& call) {
  const auto fail = [&](std::string_view what) {
    return core::fail(core::ErrorCode::DataLoss, fmt::format("{} {}", rest.host().text(), what),
                      std::string(call.path));
  };
  switch (step) {
    case Step::Next:
      return true;
    case Step::End:
      return false;
    case Step::Loop:
      return fail("does not come to an end with this list: it names the same page again.");
    case Step::Endless:
      return fail("does not come to an end with this list.");
    case Step::Damaged:
      return fail("sent something else where a list was due.");
  }
  return false;
}

// The array that a dotted name stands for, made where there is none.
core::Json& arrayIn(core::Json& object, std::string_view dotted) {
  auto* at = &object;
  for (auto name : core::split(dotted, '.')) {
    if (!at->is_object()) *at = core::Json::object();
    at = &(*at)[std::string(name)];
  }
  if (!at->is_array()) *at = core::Json::array();
  return *at;
}

}  // namespace

// A reader who wants a third page reads the list: from there on pages are fetched ahead. Before, nothing is asked for
// that may not be wanted.
constexpr int kPagesAskedFor = 2;

struct Pager::State {
  State(const RestClient& client, const Call& listCall, const core::Json& given, const CallOptions& callOptions)
      : rest(&client), call(listCall), options(callOptions), cursor(listCall.paging, given) {}

  core::Result<Page> fetch(const core::CancelToken& cancel) {
    auto untilThen = options;
    untilThen.cancel = cancel;
    auto json = TROWEL_TRY(rest->call(call, cursor.params(), untilThen));
    const bool more = TROWEL_TRY(follow(cursor.advance(json), *rest, call));
    return Page{.json = std::make_shared<const core::Json>(std::move(json)), .last = !more};
  }

  const RestClient* rest;
  const Call call;
  const CallOptions options;
  PageCursor cursor;  // of whoever fetches: this thread, then the one that reads ahead

  Page page;
  std::size_t index = 0;
  int asked = 0;                   // pages
  std::optional<ReadAhead> ahead;  // the last member: its thread uses the others
};

Pager::Pager(const RestClient& rest, const Call& call, const core::Json& params, const CallOptions& options)
    : state_(std::make_unique<State>(rest, call, params, options)) {}
Pager::Pager(Pager&&) noexcept = default;
Pager& Pager::operator=(Pager&&) noexcept = default;
Pager::~Pager() = default;

core::Result<const core::Json*> Pager::next() {
  auto& state = *state_;
  for (;;) {
    if (state.page.json) {
      const auto& items = itemsOf(state.call.paging, *state.page.json);
      if (state.index < items.size()) return &items[state.index++];
    }
    if (state.page.last) return nullptr;
    state.index = 0;
    state.page = {.json = nullptr, .last = true};  // holds where the fetch fails
    state.page = TROWEL_TRY(fetch());
  }
}

// The items of a page that leads nowhere are not given out either: whoever reads the list must not take it for all.
core::Result<Page> Pager::fetch() {
  auto& state = *state_;
  if (state.ahead) return state.ahead->next();
  if (state.asked++ < kPagesAskedFor) return state.fetch(state.options.cancel);
  state.ahead.emplace([&state](const core::CancelToken& cancel) { return state.fetch(cancel); }, state.options.cancel);
  return state.ahead->next();
}

core::Result<core::Json> RestClient::gather(const Call& call, const core::Json& params,
                                            std::initializer_list<std::string_view> arrays,
                                            const CallOptions& options) const {
  PageCursor cursor(call.paging, params);
  auto whole = TROWEL_TRY(this->call(call, params, options));
  bool more = TROWEL_TRY(follow(cursor.advance(whole), *this, call));
  while (more) {
    auto page = TROWEL_TRY(this->call(call, cursor.params(), options));
    for (auto name : arrays) {
      auto& joined = arrayIn(whole, name);
      for (auto& element : arrayIn(page, name)) joined.push_back(std::move(element));
    }
    more = TROWEL_TRY(follow(cursor.advance(page), *this, call));
  }
  if (whole.is_object()) {
    whole.erase(std::string(call.paging.tokenField));
    whole.erase("has_more");
  }
  return whole;
}

}  // namespace trowel::databricks
