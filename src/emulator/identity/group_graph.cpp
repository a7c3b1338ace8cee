// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/group_graph.hpp"

#include "trowel/core/text.hpp"

namespace trowel::emulator {

void GroupGraph::set(const std::string& id, std::string name, std::set<std::string> members) {
  remove(id);
  for (const auto& member : members) parents_[member].insert(id);
  groups_[id] = {std::move(name), std::move(members)};
}

void GroupGraph::remove(const std::string& id) {
  auto group = groups_.find(id);
  if (group == groups_.end()) return;
  for (const auto& member : group->second.members) {
    auto parents = parents_.find(member);
    parents->second.erase(id);
    if (parents->second.empty()) parents_.erase(parents);
  }
  groups_.erase(group);
}

const std::string* GroupGraph::nameOf(const std::string& id) const {
  auto group = groups_.find(id);
  return group == groups_.end() ? nullptr : &group->second.name;
}

std::optional<std::string> GroupGraph::find(std::string_view name) const {
  for (const auto& [id, group] : groups_)
    if (group.name == name) return id;
  return std::nullopt;
}

std::optional<std::string> GroupGraph::findIgnoringCase(std::string_view name) const {
  for (const auto& [id, group] : groups_)
    if (core::equalsIgnoreCase(group.name, name)) return id;
  return std::nullopt;
}

std::set<std::string> GroupGraph::parentsOf(const std::string& memberId) const {
  auto parents = parents_.find(memberId);
  return parents == parents_.end() ? std::set<std::string>() : parents->second;
}

std::vector<GroupGraph::Membership> GroupGraph::around(std::set<std::string> parents) const {
  std::vector<Membership> found;
  std::set<std::string> seen;
  for (bool direct = true; !parents.empty(); direct = false) {
    std::set<std::string> next;
    for (const auto& id : parents) {
      if (!groups_.contains(id) || !seen.insert(id).second) continue;
      found.push_back({id, direct});
      next.merge(parentsOf(id));
    }
    parents = std::move(next);
  }
  return found;
}

}  // namespace trowel::emulator
