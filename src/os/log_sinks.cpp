// SPDX-License-Identifier: Apache-2.0
// spdlog throws where it cannot write; every call into it is caught here, so that a full disk costs lines only. Two
// processes must not rotate one file, so each takes the first number whose lock is free.
#include "trowel/os/log_sinks.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "trowel/os/file_lock.hpp"
#include "trowel/os/files.hpp"

namespace trowel::os {

namespace {

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%e%z [%l] %n: %v";
constexpr int kMaxFilesAtOnce = 64;

spdlog::level::level_enum toSpdlog(core::LogLevel level) {
  constexpr std::array kLevels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                               spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};
  return kLevels[static_cast<std::size_t>(level)];
}

struct Sinks {
  std::shared_ptr<spdlog::sinks::sink> stderrSink;
  std::shared_ptr<spdlog::sinks::sink> file;
  std::optional<FileLock> lock;  // of the file's number
};

void write(const std::shared_ptr<spdlog::sinks::sink>& sink, const spdlog::details::log_msg& message) {
  if (!sink || !sink->should_log(message.level)) return;
  try {
    sink->log(message);
    sink->flush();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // The disk is full or the file is gone: there is no place left to say so. The next line tries again.
  }
}

std::string openFile(const LogOptions& options, Sinks& sinks) {
  if (options.dir.empty() || !makePrivateDirs(options.dir)) return {};
  for (int number = 1; number <= kMaxFilesAtOnce; ++number) {
    const std::string stem = options.dir + "/" + options.name + "-" + std::to_string(number);
    auto lock = FileLock::tryAcquire(stem + ".lock", LockMode::Exclusive);
    if (!lock && lock.error().code == core::ErrorCode::Conflict) continue;
    if (!lock) return {};
    spdlog::file_event_handlers handlers;
    handlers.after_open = [](const std::string&, std::FILE* file) { ::fchmod(::fileno(file), 0600); };
    try {
      sinks.file = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(stem + ".log", options.maxBytes,
                                                                          options.maxFiles, false, handlers);
      sinks.file->set_pattern(kPattern);
    } catch (const std::exception&) {
      return {};
    }
    sinks.lock = std::move(*lock);
    return stem + ".log";
  }
  return {};
}

}  // namespace

std::string installLogSinks(const LogOptions& options) {
  auto sinks = std::make_shared<Sinks>();
  if (options.toStderr) {
    sinks->stderrSink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sinks->stderrSink->set_pattern(kPattern);
    sinks->stderrSink->set_level(toSpdlog(options.stderrLevel));
  }
  std::string path = openFile(options, *sinks);
  core::setLogSink([sinks](core::LogLevel level, std::string_view category, std::string_view message) {
    const spdlog::details::log_msg line({}, {category.data(), category.size()}, toSpdlog(level),
                                        {message.data(), message.size()});
    write(sinks->stderrSink, line);
    write(sinks->file, line);
  });
  return path;
}

}  // namespace trowel::os
