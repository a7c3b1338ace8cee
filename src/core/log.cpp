// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/log.hpp"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "trowel/core/text.hpp"

namespace trowel::core {

namespace {

struct State {
  std::mutex mutex;  // guards sink and levels
  LogSink sink;
  LogLevel level = LogLevel::Info;
  std::map<std::string, LogLevel, std::less<>> exceptions;
  // The lowest level that any category lets through: the fast way out.
  std::atomic<LogLevel> lowest = LogLevel::Off;
};

State& state() {
  static State instance;
  return instance;
}

constexpr std::array kNames{"trace", "debug", "info", "warn", "error", "off"};

std::optional<LogLevel> parseLevel(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (equalsIgnoreCase(kNames[i], name)) return static_cast<LogLevel>(i);
  return std::nullopt;
}

void updateLowest(State& s) {
  LogLevel lowest = s.level;
  for (const auto& [category, level] : s.exceptions) lowest = std::min(lowest, level);
  s.lowest = s.sink ? lowest : LogLevel::Off;
}

LogLevel levelOf(const State& s, std::string_view category) {
  auto it = s.exceptions.find(category);
  return it == s.exceptions.end() ? s.level : it->second;
}

}  // namespace

std::string_view toString(LogLevel level) { return kNames[static_cast<std::size_t>(level)]; }

void setLogSink(LogSink sink) {
  auto& s = state();
  std::lock_guard lock(s.mutex);
  s.sink = std::move(sink);
  updateLowest(s);
}

bool setLogLevels(std::string_view levels) {
  LogLevel base = LogLevel::Info;
  std::map<std::string, LogLevel, std::less<>> exceptions;
  for (auto part : split(levels, ',')) {
    part = trim(part);
    if (part.empty()) continue;
    auto equals = part.find('=');
    auto level = parseLevel(equals == std::string_view::npos ? part : part.substr(equals + 1));
    if (!level) return false;
    if (equals == std::string_view::npos) {
      base = *level;
    } else {
      exceptions.emplace(std::string(part.substr(0, equals)), *level);
    }
  }
  auto& s = state();
  std::lock_guard lock(s.mutex);
  s.level = base;
  s.exceptions = std::move(exceptions);
  updateLowest(s);
  return true;
}

bool logs(LogLevel level, std::string_view category) {
  auto& s = state();
  if (level < s.lowest.load(std::memory_order_relaxed)) return false;
  std::lock_guard lock(s.mutex);
  return s.sink && level >= levelOf(s, category);
}

void log(LogLevel level, std::string_view category, std::string_view message) {
  auto& s = state();
  if (level < s.lowest.load(std::memory_order_relaxed)) return;
  std::string clean = redact(toValidUtf8(message));
  std::lock_guard lock(s.mutex);
  if (s.sink && level >= levelOf(s, category)) s.sink(level, category, clean);
}

}  // namespace trowel::core
