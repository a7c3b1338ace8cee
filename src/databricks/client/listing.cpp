// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/listing.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "databricks/client/page_cursor.hpp"
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

struct Pager::State {
  State(const RestClient& client, const Call& listCall, const core::Json& given, const CallOptions& callOptions)
      : rest(&client), call(listCall), options(callOptions), cursor(listCall.paging, given) {}

  const RestClient* rest;
  Call call;
  CallOptions options;
  PageCursor cursor;

  core::Json page = core::Json::object();
  std::size_t index = 0;
  bool finished = false;
};

Pager::Pager(const RestClient& rest, const Call& call, const core::Json& params, const CallOptions& options)
    : state_(std::make_unique<State>(rest, call, params, options)) {}
Pager::Pager(Pager&&) noexcept = default;
Pager& Pager::operator=(Pager&&) noexcept = default;
Pager::~Pager() = default;

core::Result<const core::Json*> Pager::next() {
  auto& state = *state_;
  for (;;) {
    const auto& items = state.cursor.itemsOf(state.page);
    if (state.index < items.size()) return &items[state.index++];
    if (state.finished) return nullptr;
    state.finished = true;  // holds where the fetch fails
    state.index = 0;
    state.page = core::Json::object();
    TROWEL_TRY(fetch());
  }
}

// The items of a page that leads nowhere are not given out either: whoever reads the list must not take it for all.
core::Result<void> Pager::fetch() {
  auto& state = *state_;
  auto page = TROWEL_TRY(state.rest->call(state.call, state.cursor.params(), state.options));
  state.finished = !TROWEL_TRY(follow(state.cursor.advance(page), *state.rest, state.call));
  state.page = std::move(page);
  return {};
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
