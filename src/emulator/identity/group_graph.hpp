// SPDX-License-Identifier: Apache-2.0
// Who is in which group, directly and through other groups, without reading a resource.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace trowel::emulator {

// One thread at a time. Everything goes by SCIM ids; members are principals and groups, who may be unknown here.
class GroupGraph {
 public:
  // Adds the group or changes it.
  void set(const std::string& id, std::string name, std::set<std::string> members);
  void remove(const std::string& id);

  bool contains(const std::string& id) const { return groups_.contains(id); }
  // Null: there is no such group.
  const std::string* nameOf(const std::string& id) const;
  std::optional<std::string> find(std::string_view name) const;              // its id
  std::optional<std::string> findIgnoringCase(std::string_view name) const;  // its id
  // The groups that have this member themselves, by id.
  std::set<std::string> parentsOf(const std::string& memberId) const;

  struct Membership {
    std::string groupId;
    bool direct;
  };
  // All groups around the parents given, nearest first, then by id; the parents are the direct ones.
  std::vector<Membership> around(std::set<std::string> parents) const;

 private:
  struct Group {
    std::string name;
    std::set<std::string> members;
  };

  std::map<std::string, Group> groups_;
  std::map<std::string, std::set<std::string>> parents_;  // by member
};

}  // namespace trowel::emulator
