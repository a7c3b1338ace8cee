// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/listing.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

namespace {
// Far above any real list; a server that pages for ever is not followed for ever.
constexpr std::size_t kMaxPages = 100'000;
}  // namespace

struct Pager::State {
  State(const RestClient& client, const Call& listCall, const core::Json& given, const CallOptions& callOptions)
      : rest(&client), call(listCall), params(given.is_null() ? core::Json::object() : given), options(callOptions) {}

  const RestClient* rest;
  Call call;
  core::Json params;
  CallOptions options;

  core::Json page = core::Json::object();
  std::size_t index = 0;
  bool finished = false;
  std::size_t pages = 0;
  std::set<std::string, std::less<>> seenTokens;

  const core::Json& items() const { return core::arrayAt(page, std::string(call.paging.items).c_str()); }
};

Pager::Pager(const RestClient& rest, const Call& call, const core::Json& params, const CallOptions& options)
    : state_(std::make_unique<State>(rest, call, params, options)) {}
Pager::Pager(Pager&&) noexcept = default;
Pager& Pager::operator=(Pager&&) noexcept = default;
Pager::~Pager() = default;

core::Result<const core::Json*> Pager::next() {
  auto& state = *state_;
  while (state.index >= state.items().size()) {
    if (state.finished) return nullptr;
    state.finished = true;  // holds where the fetch fails
    TROWEL_TRY(fetch());
  }
  return &state.items()[state.index++];
}

core::Result<void> Pager::fetch() {
  auto& state = *state_;
  state.page = TROWEL_TRY(state.rest->call(state.call, state.params, state.options));
  state.index = 0;
  if (state.call.paging.tokenParam.empty()) return {};

  auto token = core::stringAt(state.page, "next_page_token");
  if (token.empty()) return {};
  if (++state.pages >= kMaxPages || !state.seenTokens.insert(token).second)
    return core::fail(core::ErrorCode::DataLoss,
                      fmt::format("{} does not come to an end with this list: it names the same page again.",
                                  state.rest->host().text()),
                      std::string(state.call.path));
  state.params[std::string(state.call.paging.tokenParam)] = std::move(token);
  state.finished = false;
  return {};
}

}  // namespace trowel::databricks
