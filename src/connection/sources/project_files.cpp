// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/project_files.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <ranges>
#include <set>

#include "connection/sources/bundle_file.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::connection {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 1024UL * 1024;
constexpr std::size_t kMostIncludes = 200;
constexpr std::size_t kMostPlaces = 1000;
constexpr std::size_t kLongestPattern = 512;

class Reader {
 public:
  explicit Reader(const std::string& folder) : folder_(folder) {}

  ProjectFiles read() {
    readBundle();
    const std::string bundles = ".databricks/bundle";
    files_.places.insert(bundles + "/*");
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_ + "/" + bundles, ignored)) {
      auto target = entry.path().filename().string();
      if (!entry.is_directory(ignored)) continue;
      auto file = load(bundles + "/" + target + "/vscode.overrides.json");
      if (!file.text.empty()) files_.overrides.emplace(std::move(target), std::move(file));
    }
    files_.rootOverrides = load(bundles + "/vscode.overrides.json");
    files_.legacy = load(".databricks/project.json");
    return std::move(files_);
  }

 private:
  // Without text where there is none.
  ProjectFile load(const std::string& path) {
    files_.places.insert(path);
    auto text = os::readFile(folder_ + "/" + path, kMostBytes);
    if (text) return {path, *std::move(text)};
    if (text.error().code != core::ErrorCode::NotFound) files_.notes.push_back(text.error().message);
    return {path, {}};
  }

  void readBundle() {
    for (const char* name : {"databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml"}) {
      auto file = load(name);
      if (file.text.empty()) continue;
      auto bundle = parseBundle(file.text, file.path);
      files_.bundle.push_back(std::move(file));
      if (bundle) include(bundle->includes);
      return;
    }
  }

  void include(const std::vector<std::string>& patterns) {
    auto root = os::realPath(folder_);
    if (!root) return;
    std::set<std::string> seen = {*root + "/" + files_.bundle.front().path};
    if (patterns.size() > kMostIncludes)
      files_.notes.push_back(
          fmt::format("Of the includes of {} only the first {} are read.", files_.bundle.front().path, kMostIncludes));
    for (const auto& pattern : patterns | std::views::take(kMostIncludes)) {
      if (pattern.size() > kLongestPattern) {
        files_.notes.push_back(fmt::format("An include of {} is longer than {} characters and is passed over.",
                                           files_.bundle.front().path, kLongestPattern));
        continue;
      }
      for (const auto& found : expand(*root, fs::path(pattern).lexically_normal().relative_path())) {
        auto real = os::realPath(found);
        if (!real || !real->starts_with(*root + "/") || !seen.insert(*real).second) continue;
        if (files_.bundle.size() > kMostIncludes) return;
        auto file = load(real->substr(root->size() + 1));
        if (!file.text.empty()) files_.bundle.push_back(std::move(file));
      }
    }
  }

  // What matches the pattern. On the way each part of it becomes a place, in every folder that the parts before it
  // match: what comes or goes there changes the rest. A folder counts once, whatever links lead to it, even in a
  // circle.
  std::vector<std::string> expand(const fs::path& root, const fs::path& pattern) {
    std::set<fs::path> folders = {root};
    std::vector<std::string> found;
    for (auto part = pattern.begin(); part != pattern.end() && *pattern.begin() != ".."; ++part) {
      const bool isLast = std::next(part) == pattern.end();
      const bool isPlain = part->string().find_first_of("*?[") == std::string::npos;
      std::set<fs::path> next;
      for (const auto& folder : folders) {
        if (isLast || !isPlain) addPlace((folder / *part).lexically_relative(root).string());
        const auto here = matches(folder, *part);
        if (isLast) std::ranges::copy(here, std::back_inserter(found));
        if (isPlain && here.empty()) next.insert(folder / *part);  // may come
        for (const auto& match : here)
          if (auto folderThere = folderAt(match, root)) next.insert(*std::move(folderThere));
        if (next.size() > kMostPlaces) break;
      }
      folders = std::move(next);
    }
    return found;
  }

  void addPlace(std::string place) {
    if (files_.places.size() <= kMostPlaces) files_.places.insert(std::move(place));
  }

  // Where it really is; nothing where it is no folder of the project.
  static std::optional<fs::path> folderAt(const std::string& path, const fs::path& root) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) return std::nullopt;
    auto real = os::realPath(path);
    if (!real || (*real != root && !real->starts_with(root.string() + "/"))) return std::nullopt;
    return fs::path(*std::move(real));
  }

  // Sorted.
  static std::vector<std::string> matches(const std::string& root, const std::string& pattern) {
    std::string escaped;
    for (char c : root)
      escaped += std::string_view("*?[]\\").find(c) == std::string_view::npos ? std::string{c} : std::string{'\\', c};
    glob_t list{};
    std::vector<std::string> paths;
    if (::glob((escaped + "/" + pattern).c_str(), 0, nullptr, &list) == 0)
      for (std::size_t i = 0; i < list.gl_pathc; ++i) paths.emplace_back(list.gl_pathv[i]);
    ::globfree(&list);
    return paths;
  }

  const std::string& folder_;
  ProjectFiles files_;
};

}  // namespace

ProjectFiles readProjectFiles(const std::string& folder) { return Reader(folder).read(); }

}  // namespace trowel::connection
