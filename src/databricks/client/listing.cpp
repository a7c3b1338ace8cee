// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/listing.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "databricks/client/member_text.hpp"
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

  core::Result<void> fetch();
  core::Result<Page> fetchAhead(const core::CancelToken& cancel);
  core::Result<void> takeAhead();

  const RestClient* rest;
  const Call call;
  const CallOptions options;
  PageCursor cursor;  // of whoever fetches: the reader's thread, then the one that reads ahead

  core::Json page = core::Json::object();
  std::size_t index = 0;
  bool finished = false;
  int asked = 0;                   // for pages
  std::optional<ReadAhead> ahead;  // the last member: its thread uses others
};

Pager::Pager(const RestClient& rest, const Call& call, const core::Json& params, const CallOptions& options)
    : state_(std::make_unique<State>(rest, call, params, options)) {}
Pager::Pager(Pager&&) noexcept = default;
Pager& Pager::operator=(Pager&&) noexcept = default;
Pager::~Pager() = default;

core::Result<const core::Json*> Pager::next() {
  auto& state = *state_;
  for (;;) {
    const auto& items = itemsOf(state.call.paging, state.page);
    if (state.index < items.size()) return &items[state.index++];
    if (state.finished) return nullptr;
    state.finished = true;  // holds where the fetch fails
    state.index = 0;
    state.page = core::Json::object();
    const bool canReadAhead = state.call.verb == Verb::Get && state.call.paging.style == Paging::Style::Token;
    if (canReadAhead && !state.ahead && ++state.asked > kPagesAskedFor)
      state.ahead.emplace([&state](const core::CancelToken& cancel) { return state.fetchAhead(cancel); },
                          state.options.cancel);
    TROWEL_TRY(state.ahead ? state.takeAhead() : state.fetch());
  }
}

// The items of a page that leads nowhere are not given out either: whoever reads the list must not take it for all.
core::Result<void> Pager::State::fetch() {
  auto json = TROWEL_TRY(rest->call(call, cursor.params(), options));
  finished = !TROWEL_TRY(follow(cursor.advance(json), *rest, call));
  page = std::move(json);
  return {};
}

// The server makes the next page while this one is parsed: of it, only the token is looked for here.
core::Result<Page> Pager::State::fetchAhead(const core::CancelToken& cancel) {
  const std::string field(call.paging.tokenField);
  auto untilThen = options;
  untilThen.cancel = cancel;
  auto token = core::Json::object();
  auto look = [&](const http::HttpResponse& success) -> core::Result<void> {
    if (auto text = memberText(success.body, field)) {
      auto value = core::parseJson(text->empty() ? "null" : *text);
      if (value) {
        token[field] = *std::move(value);
        return {};
      }
    }
    token = TROWEL_TRY(rest->readAnswer(success));
    return {};
  };
  auto answer = TROWEL_TRY(rest->ask(call, cursor.params(), untilThen, look));
  const bool more = TROWEL_TRY(follow(cursor.advance(token), *rest, call));
  return Page{.answer = std::move(answer), .last = !more};
}

core::Result<void> Pager::State::takeAhead() {
  auto taken = TROWEL_TRY(ahead->next());
  auto json = TROWEL_TRY(rest->readAnswer(taken.answer));
  TROWEL_TRY(follow(isPage(call.paging, json) ? Step::Next : Step::Damaged, *rest, call));
  page = std::move(json);
  finished = taken.last;
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
