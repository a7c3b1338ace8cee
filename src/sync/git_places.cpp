// SPDX-License-Identifier: Apache-2.0
// Where git keeps ignore rules outside of the project folder: .gitignore files further up in the work tree,
// info/exclude of the repository (shared by linked work trees), and the user's own list.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/ignore_rules.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/places.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

std::optional<std::string> read(const std::string& path) {
  auto text = os::readFile(path, kMaxBytes);
  if (!text) return std::nullopt;
  return std::move(*text);
}

std::string absolute(const std::string& base, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : base + "/" + std::string(path);
}

// The repository of the work tree at `top`: .git itself, or where the file .git points to.
std::string repositoryOf(const std::string& top) {
  std::string dotGit = top + "/.git";
  constexpr std::string_view kPointer = "gitdir:";
  auto pointer = read(dotGit);
  if (!pointer || !pointer->starts_with(kPointer)) return dotGit;
  std::string own = absolute(top, core::trim(std::string_view(*pointer).substr(kPointer.size())));
  auto common = read(own + "/commondir");  // linked work trees share one
  return common ? absolute(own, core::trim(*common)) : own;
}

// core.excludesFile as one configuration file says it.
std::optional<std::string> excludesFileIn(const std::string& configuration) {
  auto text = read(configuration);
  if (!text) return std::nullopt;
  std::optional<std::string> found;
  bool inCore = false;
  for (auto line : core::split(*text, '\n')) {
    line = core::trim(line);
    if (line.starts_with('[')) {
      inCore = core::equalsIgnoreCase(line, "[core]");
      continue;
    }
    const auto equals = line.find('=');
    if (!inCore || equals == std::string_view::npos) continue;
    if (!core::equalsIgnoreCase(core::trim(line.substr(0, equals)), "excludesfile")) continue;
    auto value = core::trim(line.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    found = value.starts_with("~/") ? os::homeDir() + std::string(value.substr(1)) : std::string(value);
  }
  return found;
}

std::string userExcludesFile(const std::string& repository) {
  const std::string home = os::homeDir();
  const std::string xdg = os::environment("XDG_CONFIG_HOME").value_or(home + "/.config");
  for (const auto& file : {repository + "/config", home + "/.gitconfig", xdg + "/git/config"}) {
    if (auto excludes = excludesFileIn(file)) return *excludes;
  }
  return xdg + "/git/ignore";
}

}  // namespace

std::vector<IgnoreRules::Outer> outerIgnoreRules(const std::string& root) {
  std::string top = root;
  while (!top.empty() && !os::pathExists(top + "/.git"))
    top.resize(top.rfind('/') == std::string::npos ? 0 : top.rfind('/'));
  if (top.empty()) return {};
  std::vector<IgnoreRules::Outer> outer;
  auto add = [&](const std::string& file, const std::string& folder) {
    if (auto text = read(file)) {
      std::string prefix = folder.size() == root.size() ? "" : root.substr(folder.size() + 1) + "/";
      outer.push_back({IgnoreList::parse(*text), std::move(prefix)});
    }
  };
  for (std::string folder = root; folder.size() > top.size();) {
    folder.resize(folder.rfind('/'));
    add(folder + "/.gitignore", folder);
  }
  const std::string repository = repositoryOf(top);
  add(repository + "/info/exclude", top);
  add(userExcludesFile(repository), top);
  return outer;
}

}  // namespace trowel::sync
