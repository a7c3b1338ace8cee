// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/client.hpp"

#include "trowel/core/text.hpp"

namespace trowel::http {

std::string_view headerOf(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (core::equalsIgnoreCase(key, name)) return value;
  return {};
}

core::Result<void> BodySource::rewind() {
  return core::fail(core::ErrorCode::Unsupported, "What is being sent cannot be read a second time.");
}

}  // namespace trowel::http
