// SPDX-License-Identifier: Apache-2.0
// What the readers of the services need beside core/json.hpp, just as tolerant: absent, null or another type is empty.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trowel/databricks/document.hpp"

namespace trowel::databricks {

// The strings of an array; numbers among them become strings.
std::vector<std::string> textsAt(const core::Json& object, const char* field);
std::map<std::string, std::string> textMapAt(const core::Json& object, const char* field);

// Epoch milliseconds; 0: not told. Takes numbers and RFC 3339 ("2021-08-13T00:37:30.279Z"), as the API sends both.
std::int64_t timeAt(const core::Json& object, const char* field);

Document documentOf(const core::Json& json);
// Null where the field is absent or null.
Document documentAt(const core::Json& object, const char* field);

void eachAt(const core::Json& object, const char* field, const std::function<void(const core::Json&)>& take);

template <typename T>
std::vector<T> listAt(const core::Json& object, const char* field, T (*read)(const core::Json&)) {
  std::vector<T> items;
  eachAt(object, field, [&](const core::Json& item) { items.push_back(read(item)); });
  return items;
}

}  // namespace trowel::databricks
