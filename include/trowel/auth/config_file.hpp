// SPDX-License-Identifier: Apache-2.0
// The Databricks configuration file (~/.databrickscfg), which the CLI, the SDKs and Trowel share, as a document that
// keeps every byte that it was not asked to change. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"

namespace trowel::auth {

// The INI dialect of the CLI: `key = value` or `key: value`, lines that begin with # or ; are comments, a # or ; behind
// a space ends a value, quotes around a value do not belong to it, of two equal keys the last counts, keys before the
// first section are DEFAULT's. No section inherits from another. Names of sections count letter by letter; those of
// keys do not care for case.
class ConfigFile {
 public:
  // Where the CLI keeps its own settings; no profile can be called so.
  static constexpr std::string_view kSettings = "__settings__";
  static constexpr std::string_view kDefault = "DEFAULT";

  struct Entry {
    std::string key;
    std::string value;
    int line = 0;
  };

  struct Section {
    std::string name;
    int line = 0;  // of its header; 0 for a DEFAULT without one
    std::vector<Entry> entries;
    std::string problem;  // a sentence that names the line: why nothing in it can be relied on

    // Null where there is none.
    const Entry* find(std::string_view key) const;
  };

  ConfigFile() = default;
  // Takes any text. `shownPath` is the file as messages name it: "~/.databrickscfg".
  ConfigFile(std::string_view text, std::string shownPath);
  // One that is there and cannot be read: it has no sections, and `problem` says why and what to do.
  static ConfigFile unreadable(std::string problem, std::string shownPath);

  const std::string& path() const { return path_; }
  // Of the file as a whole; empty where it could be read.
  const std::string& problem() const { return problem_; }
  // In the order of the file; each name once. One that stands twice has a problem.
  const std::vector<Section>& sections() const { return sections_; }
  const Section* find(std::string_view name) const;
  // Of [__settings__]; empty where it has none.
  std::string setting(std::string_view key) const;
  // "~/.databrickscfg:7"
  std::string place(int line) const;

  std::string text() const;

  // The edits. A name that is reserved, or a text that the dialect cannot carry, is InvalidParams.
  //
  // Sets one value: in its place, with the comment behind it kept, or as a new line at the end of the section's keys.
  // Of two equal keys, the one that counts. NotFound where there is no such section, unless it is __settings__.
  core::Result<void> set(std::string_view section, std::string_view key, std::string_view value);
  // Every line of that key. What is not there is no error.
  void remove(std::string_view section, std::string_view key);
  // AlreadyExists, with its line.
  core::Result<void> addProfile(std::string_view name);
  // The header, the keys and the comments between them; comments below the last key stay. Its name as the default
  // profile goes as well.
  core::Result<void> removeProfile(std::string_view name);
  // Where it is the default profile, it stays that. InvalidParams for keys that stand above the first header: there is
  // no name to change.
  core::Result<void> renameProfile(std::string_view from, std::string_view to);

 private:
  struct Line {
    std::string text;  // with its line ending
    enum class Kind : unsigned char { Other, Header, Key } kind = Kind::Other;
    std::size_t valueAt = 0;  // of a Key: the bytes of the value, quotes included
    std::size_t valueEnd = 0;
    std::string section = {};  // that it stands in, as written in the header
    std::string key = {};
  };

  void parse(std::string_view text);
  void index();
  static void readLine(Line& line);
  std::size_t endOfKeys(std::string_view section) const;
  void insert(std::size_t at, std::string text);

  std::string path_;
  std::string problem_;
  std::string mark_;           // a byte order mark, or nothing
  std::string ending_ = "\n";  // of new lines
  std::vector<Line> lines_;
  std::vector<Section> sections_;  // what lines_ say
};

}  // namespace trowel::auth
