// SPDX-License-Identifier: Apache-2.0
// The log facade: rooms say what happened, app decides where it goes. Any thread; cheap where the level is off.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace trowel::core {

enum class LogLevel : std::uint8_t { Trace, Debug, Info, Warn, Error, Off };

std::string_view toString(LogLevel level);

// Receives lines that are redacted already. Is called under the facade's lock: must not log itself.
using LogSink = std::function<void(LogLevel level, std::string_view category, std::string_view message)>;

// Until a sink is set, nothing is written.
void setLogSink(LogSink sink);
// "info" or "info,http=debug,sync=trace": the default, then exceptions by category. False where a word is unknown.
bool setLogLevels(std::string_view levels);

bool logs(LogLevel level, std::string_view category);
// `category` is the room's name. Never hand over a secret or a body of a secret call.
void log(LogLevel level, std::string_view category, std::string_view message);

inline void logDebug(std::string_view category, std::string_view message) { log(LogLevel::Debug, category, message); }
inline void logInfo(std::string_view category, std::string_view message) { log(LogLevel::Info, category, message); }
inline void logWarn(std::string_view category, std::string_view message) { log(LogLevel::Warn, category, message); }
inline void logError(std::string_view category, std::string_view message) { log(LogLevel::Error, category, message); }

}  // namespace trowel::core
