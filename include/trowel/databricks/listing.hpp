// SPDX-License-Identifier: Apache-2.0
// A list of the REST API as something to read from: pages are fetched when the reader comes to their end.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "trowel/core/json.hpp"
#include "trowel/databricks/call.hpp"

namespace trowel::databricks {

class RestClient;

// The untyped half. One thread at a time. From the third page on a thread `read ahead` fetches, at most two pages ahead
// of the reader; it ends with the last page or the pager.
class Pager {
 public:
  Pager(const RestClient& rest, const Call& call, const core::Json& params, const CallOptions& options);
  Pager(Pager&&) noexcept;
  Pager& operator=(Pager&&) noexcept;
  ~Pager();

  // The next item, valid until the following call; null after the last. An empty page with a token is no end. After an
  // error the pager is at its end. DataLoss where the server hands out a page twice, never stops, or sends no list.
  core::Result<const core::Json*> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

//   auto clusters = Clusters(rest).list();
//   while (auto cluster = TROWEL_TRY(clusters.next())) { … }
template <typename T>
class Listing {
 public:
  Listing(Pager pager, T (*read)(const core::Json&)) : pager_(std::move(pager)), read_(read) {}

  // Nothing after the last item. May do a call, with the options given to the list; errors as Pager::next.
  core::Result<std::optional<T>> next() {
    const core::Json* item = TROWEL_TRY(pager_.next());
    return item == nullptr ? std::optional<T>() : std::optional<T>(read_(*item));
  }

  // What is left, all at once.
  core::Result<std::vector<T>> all() {
    std::vector<T> items;
    while (auto item = TROWEL_TRY(next())) items.push_back(*std::move(item));
    return items;
  }

 private:
  Pager pager_;
  T (*read_)(const core::Json&);
};

}  // namespace trowel::databricks
