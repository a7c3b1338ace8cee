// SPDX-License-Identifier: Apache-2.0
#include "sync/ignore_rules.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "sync/glob.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/part_file.hpp"

namespace trowel::sync {

namespace {

// Never sent, whatever the ignore files say: the repository itself and the state of tools; besides them what a download
// has not finished.
constexpr std::array<std::string_view, 3> kAlwaysIgnored{".git", ".databricks", ".trowel"};

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Spaces at the end do not count unless a backslash stands before them.
std::string_view trimEnd(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == ' ') continue;
    if (line[at] == '\\') ++at;
    end = std::min(at + 1, line.size());
  }
  return line.substr(0, end);
}

}  // namespace

IgnoreList IgnoreList::parse(std::string_view text) {
  IgnoreList list;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (auto line : core::split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    line = trimEnd(line);
    Pattern pattern{};
    pattern.negated = line.starts_with('!');
    if (pattern.negated) line.remove_prefix(1);
    pattern.foldersOnly = line.ends_with('/');
    if (pattern.foldersOnly) line.remove_suffix(1);
    pattern.baseNameOnly = line.find('/') == std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) continue;
    pattern.glob = line;
    pattern.literal = std::min(line.find_first_of("*?[\\"), line.size());
    list.patterns_.push_back(std::move(pattern));
  }
  return list;
}

// The part without wildcards is compared first, for speed; that git does so as well shows where a "**" follows it
// directly: "a/b**/c" is read like "**/c" behind "a/b".
bool IgnoreList::matches(const Pattern& pattern, std::string_view path) {
  const std::string_view text = pattern.baseNameOnly ? baseName(path) : path;
  const std::string_view glob = pattern.glob;
  if (!text.starts_with(glob.substr(0, pattern.literal))) return false;
  if (pattern.literal == glob.size()) return text.size() == glob.size();
  if (pattern.baseNameOnly) return globMatches(glob, text);
  return globMatches(glob.substr(pattern.literal), text.substr(pattern.literal));
}

std::optional<bool> IgnoreList::ignores(std::string_view path, bool isFolder) const {
  for (const auto& pattern : std::views::reverse(patterns_)) {
    if (pattern.foldersOnly && !isFolder) continue;
    if (matches(pattern, path)) return !pattern.negated;
  }
  return std::nullopt;
}

IgnoreRules::IgnoreRules(Reader reader, std::vector<Outer> outer)
    : reader_(std::move(reader)), outer_(std::move(outer)) {}

void IgnoreRules::forget(std::vector<Outer> outer) {
  lists_.clear();
  outer_ = std::move(outer);
}

void IgnoreRules::forgetTree(std::string_view folder) {
  const std::string prefix = std::string(folder) + "/";
  if (auto own = lists_.find(folder); own != lists_.end()) lists_.erase(own);
  for (auto it = lists_.lower_bound(prefix); it != lists_.end() && it->first.starts_with(prefix);)
    it = lists_.erase(it);
}

const IgnoreList& IgnoreRules::listOf(const std::string& folder) const {
  auto known = lists_.find(folder);
  if (known == lists_.end()) {
    auto text = reader_(folder);
    known = lists_.emplace(folder, text ? IgnoreList::parse(*text) : IgnoreList()).first;
  }
  return known->second;
}

bool IgnoreRules::ignoredInKeptFolder(std::string_view path, bool isFolder) const {
  const auto name = baseName(path);
  if (std::find(kAlwaysIgnored.begin(), kAlwaysIgnored.end(), name) != kAlwaysIgnored.end()) return true;
  if (os::isPartName(name)) return true;
  // The nearest file that has something to say decides.
  for (std::size_t end = path.rfind('/');; end = path.rfind('/', end - 1)) {
    const bool atRoot = end == std::string_view::npos;
    const auto& list = listOf(atRoot ? std::string() : std::string(path.substr(0, end)));
    if (auto verdict = list.ignores(atRoot ? path : path.substr(end + 1), isFolder)) return *verdict;
    if (atRoot) break;
  }
  for (const auto& [list, prefix] : outer_) {
    if (auto verdict = list.ignores(prefix + std::string(path), isFolder)) return *verdict;
  }
  return false;
}

bool IgnoreRules::ignored(std::string_view path, bool isFolder) const {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (ignoredInKeptFolder(path.substr(0, slash), true)) return true;
  }
  return ignoredInKeptFolder(path, isFolder);
}

}  // namespace trowel::sync
