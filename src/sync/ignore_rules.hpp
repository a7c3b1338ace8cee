// SPDX-License-Identifier: Apache-2.0
// Which paths of a project git would ignore, and so does the sync (gitignore(5); checked against git itself).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trowel::sync {

// The patterns of one ignore file, in its order.
class IgnoreList {
 public:
  static IgnoreList parse(std::string_view text);

  // What the last pattern that matches says: true ignore, false keep, nothing where none matches. `path` is relative to
  // the folder that the file rules.
  std::optional<bool> ignores(std::string_view path, bool isFolder) const;

 private:
  struct Pattern {
    std::string glob;     // without "!", without a "/" at either end
    std::size_t literal;  // so many leading bytes are no wildcards
    bool negated;         // "!"
    bool foldersOnly;     // "/" at the end
    bool baseNameOnly;    // no other "/": matches at any depth
  };

  static bool matches(const Pattern& pattern, std::string_view path);

  std::vector<Pattern> patterns_;
};

// All ignore files together. Folders beneath the root are read when they are first asked about. One thread.
class IgnoreRules {
 public:
  // The text of `folder`/.gitignore, nothing where there is none. `folder` is relative to the root, "" is the root.
  using Reader = std::function<std::optional<std::string>(const std::string& folder)>;

  // Rules from outside of the root: .gitignore files of folders above it, info/exclude, core.excludesFile.
  struct Outer {
    IgnoreList list;
    std::string prefix;  // from the folder that the list rules down to the root: "" or "a/b/"
  };

  // `outer`: the strongest first.
  explicit IgnoreRules(Reader reader, std::vector<Outer> outer = {});

  // `path` or a folder on the way to it is ignored.
  bool ignored(std::string_view path, bool isFolder) const;
  // The same where the folders on the way are known not to be.
  bool ignoredInKeptFolder(std::string_view path, bool isFolder) const;

  // Read the ignore files anew from now on.
  void forget(std::vector<Outer> outer);
  // The same for those in `folder` and beneath it.
  void forgetTree(std::string_view folder);

 private:
  const IgnoreList& listOf(const std::string& folder) const;

  Reader reader_;
  std::vector<Outer> outer_;
  mutable std::map<std::string, IgnoreList, std::less<>> lists_;
};

// The rules that stand outside of `root` where it lies in a git work tree: see gitignore(5) for places and order.
std::vector<IgnoreRules::Outer> outerIgnoreRules(const std::string& root);

}  // namespace trowel::sync
