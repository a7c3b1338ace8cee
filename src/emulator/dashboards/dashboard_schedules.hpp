// SPDX-License-Identifier: Apache-2.0
// When dashboards are refreshed and who is told: kept and shown, never carried out.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. Which dashboards exist is the caller's to know. Objects are described as the API does (Schedule and
// Subscription of lakeview). Source: rest-api.md 16.
class DashboardSchedules {
 public:
  explicit DashboardSchedules(World& world);

  std::vector<core::Json> all(const std::string& dashboard) const;
  Reply<core::Json> get(const std::string& dashboard, const std::string& id) const;
  Reply<core::Json> create(const std::string& dashboard, const core::Json& given);
  // PUT: the whole schedule. 409 where `given` has an etag that is not the schedule's.
  Reply<core::Json> replace(const std::string& dashboard, const std::string& id, const core::Json& given);
  Reply<void> remove(const std::string& dashboard, const std::string& id, const std::string& etag);

  Reply<std::vector<core::Json>> subscriptions(const std::string& dashboard, const std::string& schedule) const;
  Reply<core::Json> subscription(const std::string& dashboard, const std::string& schedule,
                                 const std::string& id) const;
  Reply<core::Json> subscribe(const std::string& dashboard, const std::string& schedule, const core::Json& given,
                              const User& user);
  Reply<void> unsubscribe(const std::string& dashboard, const std::string& schedule, const std::string& id,
                          const std::string& etag);

 private:
  Reply<core::Json> find(const std::string& dashboard, const std::string& id) const;
  Reply<core::Json> store(core::Json schedule);

  World& world_;
  std::mutex mutex_;     // makes reading and writing one step
  Documents documents_;  // "<dashboard>/<id>": the schedule, with "subscriptions" beside its own fields
};

}  // namespace trowel::emulator
