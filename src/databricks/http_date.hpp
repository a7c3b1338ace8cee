// SPDX-License-Identifier: Apache-2.0
// Times in HTTP headers (RFC 9110, IMF-fixdate): "Sun, 06 Nov 1994 08:49:37 GMT".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace trowel::databricks {

// Epoch milliseconds; nothing for any other form, of which servers have not made use since last century.
std::optional<std::int64_t> parseHttpDate(std::string_view text);

}  // namespace trowel::databricks
