// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/request_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kLimit = 10'000;
constexpr std::string_view kMask = "***";

// Parts of the names of parameters whose values open something.
constexpr std::array<std::string_view, 10> kSecretNames{"token",     "secret", "password",   "assertion", "verifier",
                                                        "signature", "code",   "access_key", "api_key",   "credential"};

bool isSecret(std::string_view name) {
  auto lower = core::toLower(name);
  if (lower == "page_token" || lower == "next_page_token" || lower == "code_challenge_method") return false;
  if (lower == "sig") return true;
  return std::any_of(kSecretNames.begin(), kSecretNames.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

std::string shown(std::string_view text) { return core::redact(core::toValidUtf8(text)); }

}  // namespace

core::Result<void> RequestLog::writeTo(const std::filesystem::path& file) {
  std::lock_guard lock(mutex_);
  file_ = os::UniqueFd(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (file_) return {};
  return core::fail(core::ErrorCode::PermissionDenied, "The request log " + file.string() + " cannot be written (" +
                                                           std::strerror(errno) + "). Choose another place.");
}

void RequestLog::add(RequestRecord record) {
  std::lock_guard lock(mutex_);
  if (file_) {
    // One write per line, so that lines of several emulators do not mix. A full disk costs lines, not answers.
    std::string line = core::dumpJson(describeRecord(record)) + "\n";
    while (::write(file_.get(), line.data(), line.size()) < 0 && errno == EINTR) continue;
  }
  records_.push_back(std::move(record));
  if (records_.size() > kLimit) records_.pop_front();
}

std::vector<RequestRecord> RequestLog::all() const {
  std::lock_guard lock(mutex_);
  return {records_.begin(), records_.end()};
}

void RequestLog::clear() {
  std::lock_guard lock(mutex_);
  records_.clear();
}

RequestRecord recordOf(const Request& request) {
  RequestRecord record{.method = request.method, .path = shown(request.path)};
  for (const auto& [name, value] : request.query)
    record.query.emplace_back(shown(name), isSecret(name) ? std::string(kMask) : shown(value));
  record.userAgent = shown(request.header("user-agent"));
  return record;
}

Json describeRecord(const RequestRecord& record) {
  Json query = Json::array();  // in order, and with what comes twice
  for (const auto& [name, value] : record.query) query.push_back({{"name", name}, {"value", value}});
  return {{"time", record.time},           {"method", record.method},
          {"path", record.path},           {"query", std::move(query)},
          {"status", record.status},       {"duration_ms", record.milliseconds},
          {"bytes_in", record.bytesIn},    {"bytes_out", record.bytesOut},
          {"user", record.user},           {"user_agent", record.userAgent},
          {"request_id", record.requestId}};
}

}  // namespace trowel::emulator
