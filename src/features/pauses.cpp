// SPDX-License-Identifier: Apache-2.0
// One look when a pause begins and one when it should be over, however many calls were told of it.
#include "pauses.hpp"

#include <array>
#include <ctime>

namespace trowel::features {

std::string slowedDown(core::WallTime until) {
  const auto seconds =
      std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::system_clock::duration>(
          std::chrono::ceil<std::chrono::seconds>(until)));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 16> text{};
  const auto size = std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
  return "The workspace gets too many requests and asked for a pause: slowed down until " +
         std::string(text.data(), size) + ".";
}

void Pauses::begun(const std::string& host) {
  {
    std::lock_guard lock(mutex_);
    if (!hosts_.insert(host).second) return;
  }
  session_.background([this, host](const core::CancelToken&) { look(host); });
}

void Pauses::look(const std::string& host) {
  {
    std::lock_guard lock(mutex_);
    hosts_.erase(host);  // a pause that begins from now on is seen anew
  }
  std::optional<core::WallTime> until;
  for (const auto& project : session_.projects()) {
    auto status = session_.connections().status(project.path);
    if (status.host != host) continue;
    until = std::max(until, status.slowedDownUntil);
    announce_(project.path);
  }
  if (!until) return;
  {
    std::lock_guard lock(mutex_);
    if (!hosts_.insert(host).second) return;
  }
  constexpr auto kBarelyOver = std::chrono::milliseconds(10);
  auto left = std::chrono::duration_cast<core::Duration>(*until - session_.clock().wallNow()) + kBarelyOver;
  session_.timer().after(left,
                         [this, host] { session_.background([this, host](const core::CancelToken&) { look(host); }); });
}

}  // namespace trowel::features
