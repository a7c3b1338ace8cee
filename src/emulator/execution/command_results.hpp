// SPDX-License-Identifier: Apache-2.0
// Results of commands: those that the emulator writes itself because no driver is there to do it, and a look into those
// of the driver. JSON text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trowel::emulator {

std::string cancelledResult();
std::string driverDiedResult(const std::string& why);

struct ResultError {
  std::string summary = {};  // one line, without markup
  std::string cause = {};    // with ANSI colours
};
// Nothing where `results` are no error.
std::optional<ResultError> resultError(std::string_view results);
// The data of a text result, else empty.
std::string resultText(std::string_view results);

// At most so many bytes from the beginning, or the end, of a text in UTF-8; no character is cut.
std::string_view firstBytes(std::string_view text, std::size_t most);
std::string_view lastBytes(std::string_view text, std::size_t most);

// Without tags and entities.
std::string withoutMarkup(std::string_view html);

}  // namespace trowel::emulator
