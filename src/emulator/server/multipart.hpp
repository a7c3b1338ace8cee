// SPDX-License-Identifier: Apache-2.0
// Reads multipart/form-data bodies (RFC 7578).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trowel::emulator {

struct FormPart {
  std::string name;
  std::string content;
};

// Nothing where the content type names no boundary or the body is cut off.
std::optional<std::vector<FormPart>> parseMultipart(std::string_view body, std::string_view contentType);

}  // namespace trowel::emulator
