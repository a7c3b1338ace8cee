// SPDX-License-Identifier: Apache-2.0
// Times that the API writes as text (RFC 3339): pipelines, dashboards, apps, external links.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace trowel::databricks {

// Epoch milliseconds; finer fractions are cut. Nothing for what is no date with time and zone.
std::optional<std::int64_t> parseTimestamp(std::string_view text);

}  // namespace trowel::databricks
