// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/rate_limits.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>

#include "emulator/server/faults.hpp"

namespace trowel::emulator {

namespace {

struct Group {
  std::string_view pattern;  // "METHOD /path"; the first that matches holds
  std::string_view name;     // what counts together
  double count;              // of requests in a period, all of which may come at once
  double seconds;            // of the period
};

// From the documentation of the service where it says so; the Files API and the limit for everything else are what
// people have seen. The service counts by workspace; here each user has buckets of his own, so that a test with several
// users is not hindered by the others.
constexpr Group kGroups[] = {
    {"* /api/2.0/dbfs/*", "dbfs", 30, 1},
    {"* /api/2.0/workspace/import", "workspace import", 30, 1},
    {"* /api/2.0/workspace-files/import-file/*", "workspace import", 30, 1},
    {"* /api/2.0/workspace/export", "workspace export", 60, 1},
    {"* /api/2.?/jobs/create", "jobs create", 20, 1},
    {"* /api/2.?/jobs/run-now", "jobs run-now", 20, 1},
    {"* /api/2.?/jobs/runs/get", "runs get", 100, 1},
    {"* /api/2.?/jobs/runs/submit", "runs submit", 35, 1},
    {"GET /api/2.0/permissions/*", "permissions read", 100, 1},
    {"* /api/2.0/permissions/*", "permissions write", 30, 1},
    {"* /api/2.0/secrets/*", "secrets", 1100, 60},
    {"* /api/2.0/token-management/*", "token-management", 40, 1},
    {"GET /api/2.0/preview/scim/*", "scim read", 255, 60},
    {"* /api/2.0/fs/*", "files", 100, 1},
    {"* /api/*", "everything else", 30, 1},
};

const Group* groupOf(const Request& request) {
  std::string subject = request.method + " " + request.path;
  // Jobs have several versions, of one limit.
  if (subject.find(" /api/2.") != std::string::npos && subject.find("/jobs/") != std::string::npos)
    subject[subject.find(" /api/2.") + 8] = '?';
  auto found = std::find_if(std::begin(kGroups), std::end(kGroups),
                            [&](const Group& each) { return matches(each.pattern, subject); });
  return found == std::end(kGroups) ? nullptr : found;
}

}  // namespace

Reply<void> RateLimits::admit(const Request& request, const std::string& user) {
  const Group* group = groupOf(request);
  if (group == nullptr) return {};
  double perSecond = group->count / group->seconds;
  std::lock_guard lock(mutex_);
  auto now = clock_.now();
  auto [it, fresh] = buckets_.try_emplace({group->name, user}, Bucket{group->count, now});
  Bucket& bucket = it->second;
  double passed = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(group->count, bucket.tokens + passed * perSecond);
  bucket.filled = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return {};
  }
  ApiError error{.status = 429,
                 .code = "REQUEST_LIMIT_EXCEEDED",
                 .message =
                     "Your request was rejected since your organization has exceeded the rate limit. Please "
                     "retry your request later."};
  error.headers = {{"Retry-After", std::to_string(static_cast<int>(std::ceil((1 - bucket.tokens) / perSecond)))}};
  return std::unexpected(std::move(error));
}

}  // namespace trowel::emulator
