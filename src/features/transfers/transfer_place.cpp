// SPDX-License-Identifier: Apache-2.0
#include "transfer_place.hpp"

#include <algorithm>
#include <map>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

// What follows `root` in `path`: "" or "/a/b". Nothing where the path is outside.
std::optional<std::string_view> below(std::string_view root, std::string_view path) {
  if (root == "/") return path == "/" ? std::string_view() : path;
  if (!path.starts_with(root)) return std::nullopt;
  const auto rest = path.substr(root.size());
  if (!rest.empty() && !rest.starts_with('/')) return std::nullopt;
  return rest;
}

std::string joined(std::string_view root, std::string_view rest) {
  if (rest.empty()) return std::string(root);
  return (root == "/" ? std::string() : std::string(root)) + std::string(rest);
}

bool isInside(const std::string& path, const std::vector<std::string>& paths) {
  return std::ranges::any_of(paths, [&](const std::string& other) { return path != other && below(other, path); });
}

std::string withoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

// "SQL /Shared/**" is SQL and /Shared/**.
std::pair<std::string_view, std::string_view> languageAndGlob(std::string_view key) {
  const auto blank = key.find(' ');
  if (blank == std::string_view::npos) return {key, {}};
  return {key.substr(0, blank), core::trim(key.substr(blank))};
}

Result<std::vector<sync::ExportFormat>> formatsOf(std::string_view language, std::string_view value) {
  std::vector<sync::ExportFormat> formats;
  for (const auto each : core::split(value, ',')) {
    auto format = TROWEL_TRY(sync::parseExportFormat(language, core::trim(each)));
    formats.push_back(std::move(format));
  }
  return formats;
}

}  // namespace

std::optional<std::string> TransferPlace::localOf(std::string_view remotePath) const {
  const auto rest = below(remote, remotePath);
  if (!rest) return std::nullopt;
  return joined(local, *rest);
}

std::optional<std::string> TransferPlace::remoteOf(std::string_view localPath) const {
  const auto rest = below(local, localPath);
  if (!rest) return std::nullopt;
  return joined(remote, *rest);
}

Result<std::vector<sync::FolderPair>> pairsOf(const TransferPlace& place, sync::Direction direction,
                                              const std::vector<std::string>& paths) {
  const bool down = direction == sync::Direction::Down;
  std::map<std::string, std::vector<std::string>> names;  // by folder of the source
  for (const auto& path : paths) {
    const auto other = down ? place.localOf(path) : place.remoteOf(path);
    if (!other)
      return core::fail(ErrorCode::InvalidParams, path + " is outside of " + (down ? place.remote : place.local) +
                                                      ", whose files " + (down ? place.local : place.remote) +
                                                      " has. Choose something below it.");
    if (path == (down ? place.remote : place.local))
      return std::vector<sync::FolderPair>{{.remote = place.remote, .local = place.local}};
    if (!isInside(path, paths)) names[folderOf(path)].emplace_back(nameOf(path));
  }
  std::vector<sync::FolderPair> pairs;
  for (auto& [folder, children] : names) {
    std::ranges::sort(children);
    children.erase(std::ranges::unique(children).begin(), children.end());
    pairs.push_back({.remote = down ? folder : place.remoteOf(folder).value_or(place.remote),
                     .local = down ? place.localOf(folder).value_or(place.local) : folder,
                     .names = std::move(children)});
  }
  return pairs;
}

Result<sync::ExportFormats> exportFormatsOf(const connection::Offer& offer) {
  sync::ExportFormats formats;
  for (const auto& [key, value] : offer.exportFormats) {
    const auto [language, glob] = languageAndGlob(key);
    auto parsed = formatsOf(language, value);
    if (!parsed)
      return core::fail(ErrorCode::InvalidParams, "exportFormats of the connection '" + offer.name + "' has \"" + key +
                                                      "\": \"" + value + "\". " + parsed.error().message);
    formats.rules.push_back({std::string(glob), std::string(language), *std::move(parsed)});
  }
  // What says more about the path counts first.
  std::ranges::stable_sort(formats.rules, std::ranges::greater(), [](const auto& rule) { return rule.glob.size(); });
  for (auto& rule : sync::ExportFormats::standard().rules) formats.rules.push_back(std::move(rule));
  return formats;
}

Result<std::string> expandRoot(std::string_view setting, const std::string& user, const std::string& branch) {
  const std::string text(core::trim(setting));
  if (text.empty()) return std::string("/");
  const auto say = [&](const std::string& why) {
    return core::fail(ErrorCode::InvalidParams,
                      "The setting trowel.workspace.root is \"" + text + "\". " + why + " Change the setting.");
  };
  if (text.find("{branch}") != std::string::npos && branch.empty())
    return say("It needs the branch of the project, which is in no Git repository or has no commit yet.");
  // A branch has one folder, also "feature/x".
  auto root = core::replaceAll(text, "{user}", user);
  root = core::replaceAll(std::move(root), "{branch}", core::replaceAll(branch, "/", "-"));
  if (root.find_first_of("{}") != std::string::npos) return say("In braces there may be {user} and {branch}.");
  if (!root.starts_with('/')) return say("It has to be an absolute path of the workspace, as /Users/{user}.");
  root = withoutTrailingSlash(std::move(root));
  if (root.size() > 1) {
    for (const auto part : core::split(std::string_view(root).substr(1), '/'))
      if (part.empty() || part == "." || part == "..") return say("It may not have \"//\", \".\" or \"..\" in it.");
  }
  return root;
}

}  // namespace trowel::features
