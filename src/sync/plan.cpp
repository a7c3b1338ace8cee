// SPDX-License-Identifier: Apache-2.0
#include "sync/plan.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace trowel::sync {

namespace {

class Planner {
 public:
  Planner(const RemoteState& remote, const LocalTree& local, const std::set<std::string>& kept)
      : remote_(remote), local_(local), kept_(kept) {}

  Plan make() {
    findHeldObjects();
    chooseWanted();
    plan_.waves.push_back(removals());
    auto byDepth = [&](std::vector<Step> steps, bool deepestFirst) { addByDepth(std::move(steps), deepestFirst); };
    byDepth(folderRemovals(), true);
    byDepth(newFolders(), false);
    plan_.waves.push_back(puts());
    std::erase_if(plan_.waves, [](const auto& wave) { return wave.empty(); });
    return std::move(plan_);
  }

 private:
  // Its source cannot be judged now, so what we wrote for it stays as it is.
  bool isHeld(const std::string& source) const {
    if (kept_.contains(source) || local_.problems.contains(source)) return true;
    for (auto folder = parentOf(source); !folder.empty(); folder = parentOf(folder)) {
      if (local_.problems.contains(std::string(folder))) return true;
    }
    return false;
  }

  void findHeldObjects() {
    for (const auto& [path, object] : remote_.objects) {
      if (isHeld(object.source)) hold(path);
    }
  }

  void hold(const std::string& path) {
    held_.insert(path);
    need(path);
  }

  // The folders above `path` must exist.
  void need(std::string_view path) {
    for (auto folder = parentOf(path); !folder.empty(); folder = parentOf(folder)) {
      if (!needed_.insert(std::string(folder)).second) return;
    }
  }

  void chooseWanted() {
    std::map<std::string, std::vector<std::string>> claims;  // remote path -> sources
    std::set<std::string> claimedFolders;
    for (const auto& [source, file] : local_.files) {
      const std::string path = remotePathOf(source, file);
      for (auto folder = parentOf(path); !folder.empty(); folder = parentOf(folder)) {
        if (!claimedFolders.insert(std::string(folder)).second) break;
      }
      claims[path].push_back(source);
    }
    for (auto& [path, sources] : claims) {
      std::string obstacle;
      if (sources.size() > 1) {
        for (const auto& source : sources) {
          const auto& other = source == sources.front() ? sources.back() : sources.front();
          refuse(path, source,
                 "Has the same name in the workspace as " + other + " (" + path + "). Rename one of them.");
        }
      } else if (claimedFolders.contains(path)) {
        refuse(path, sources.front(),
               "The notebook has the same name in the workspace as the folder " + path + ". Rename one of them.");
      } else if (findObstacle(path, sources.front(), obstacle)) {
        refuse(path, sources.front(), std::move(obstacle));
      } else {
        wanted_.emplace(path, sources.front());
      }
    }
    for (const auto& [path, source] : wanted_) need(path);
  }

  // A held object of another source that stands where this one, or a folder above it, must go.
  bool findObstacle(const std::string& path, const std::string& source, std::string& message) const {
    const auto object = remote_.objects.find(path);
    if (held_.contains(path) && object->second.source != source) {
      message = "Its place in the workspace is taken by " + object->second.source + ", which cannot be judged now.";
      return true;
    }
    if (needed_.contains(path)) {
      message = "Its place in the workspace is taken by the folder " + path + ", in which files must stay.";
      return true;
    }
    for (auto folder = parentOf(path); !folder.empty(); folder = parentOf(folder)) {
      if (!held_.contains(std::string(folder))) continue;
      message =
          "The place of the folder " + std::string(folder) + " in the workspace is taken by a file that must stay.";
      return true;
    }
    return false;
  }

  void refuse(const std::string& path, const std::string& source, std::string message) {
    plan_.problems.emplace(source, std::move(message));
    // What is there already came from one of those who quarrel about the name: it stays.
    if (auto object = remote_.objects.find(path);
        object != remote_.objects.end() && local_.files.contains(object->second.source))
      hold(path);
    for (const auto& [other, object] : remote_.objects) {
      if (object.source == source) hold(other);
    }
  }

  const LocalFile* wantedAt(const std::string& path) const {
    auto it = wanted_.find(path);
    return it == wanted_.end() ? nullptr : &local_.files.at(it->second);
  }

  std::vector<Step> removals() const {
    std::vector<Step> steps;
    for (const auto& [path, object] : remote_.objects) {
      if (held_.contains(path)) continue;
      // The workspace refuses to put a file in place of a notebook and the reverse.
      const auto* file = wantedAt(path);
      if (file == nullptr || file->kind != object.kind) steps.push_back({Action::RemoveObject, path, object.source});
    }
    return steps;
  }

  std::vector<Step> folderRemovals() const {
    std::vector<Step> steps;
    for (const auto& [path, ours] : remote_.folders) {
      if (ours && !needed_.contains(path)) steps.push_back({Action::RemoveFolder, path, {}});
    }
    return steps;
  }

  std::vector<Step> newFolders() const {
    std::vector<Step> steps;
    for (const auto& path : needed_) {
      if (!remote_.folders.contains(path)) steps.push_back({Action::MakeFolder, path, {}});
    }
    return steps;
  }

  std::vector<Step> puts() const {
    std::vector<Step> steps;
    for (const auto& [path, source] : wanted_) {
      const auto& file = local_.files.at(source);
      const auto known = remote_.objects.find(path);
      const bool same = known != remote_.objects.end() && known->second.hash == file.hash &&
                        known->second.kind == file.kind && known->second.source == source;
      if (!same) steps.push_back({Action::Put, path, source});
    }
    return steps;
  }

  void addByDepth(std::vector<Step> steps, bool deepestFirst) {
    std::map<std::ptrdiff_t, std::vector<Step>> levels;
    for (auto& step : steps) {
      const auto depth = std::count(step.remotePath.begin(), step.remotePath.end(), '/');
      levels[deepestFirst ? -depth : depth].push_back(std::move(step));
    }
    for (auto& [depth, level] : levels) plan_.waves.push_back(std::move(level));
  }

  const RemoteState& remote_;
  const LocalTree& local_;
  const std::set<std::string>& kept_;
  std::set<std::string> held_;                 // remote objects that stay untouched
  std::set<std::string> needed_;               // remote folders
  std::map<std::string, std::string> wanted_;  // remote path -> source
  Plan plan_;
};

}  // namespace

std::size_t Plan::size() const {
  std::size_t total = 0;
  for (const auto& wave : waves) total += wave.size();
  return total;
}

Plan makePlan(const RemoteState& remote, const LocalTree& local, const std::set<std::string>& kept) {
  return Planner(remote, local, kept).make();
}

bool looksEmptied(const RemoteState& remote, const LocalTree& local, const std::set<std::string>& kept) {
  return !remote.objects.empty() && local.files.empty() && local.problems.empty() && kept.empty();
}

}  // namespace trowel::sync
