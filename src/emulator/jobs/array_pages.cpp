// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/array_pages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kPage = 100;

}  // namespace

int apiVersion(const Call& call) {
  std::string_view path = call.request().path;
  return path.starts_with("/api/2.0/") ? 20 : path.starts_with("/api/2.1/") ? 21 : 22;
}

Reply<void> pageArrays(const Call& call, Json& object, std::span<const char* const> arrays, Json& answer) {
  if (apiVersion(call) == 20) return {};
  if (apiVersion(call) == 21) {
    cutArrays(object, arrays);
    return {};
  }
  // The size is not the client's to choose.
  Page page = TROWEL_TRY(readPage(call, "", kPage, kPage));
  std::size_t longest = 0;
  for (const auto* name : arrays) {
    auto it = object.find(name);
    if (it == object.end() || !it->is_array()) continue;
    auto& items = it->get_ref<Json::array_t&>();
    longest = std::max(longest, items.size());
    auto begin = static_cast<std::ptrdiff_t>(page.begin(items.size()));
    auto end = static_cast<std::ptrdiff_t>(page.end(items.size()));
    items.erase(items.begin() + end, items.end());
    items.erase(items.begin(), items.begin() + begin);
    if (items.empty()) object.erase(name);
  }
  setNextPage(answer, page, longest);
  if (answer.contains("next_page_token")) answer["has_more"] = true;
  return {};
}

bool cutArrays(Json& object, std::span<const char* const> arrays) {
  bool cut = false;
  for (const auto* name : arrays) {
    auto it = object.find(name);
    if (it == object.end() || !it->is_array() || it->size() <= kPage) continue;
    auto& items = it->get_ref<Json::array_t&>();
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(kPage), items.end());
    cut = true;
  }
  return cut;
}

}  // namespace trowel::emulator
