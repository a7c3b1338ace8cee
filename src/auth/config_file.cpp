// SPDX-License-Identifier: Apache-2.0
// The file is kept as its lines, each as it was read. What they mean is read anew after each edit: files are small, and
// there is only one reading to be right.
#include "trowel/auth/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

using core::ErrorCode;

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\r\n\v\f";

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Range trimmed(std::string_view text, Range range) {
  while (range.begin < range.end && kBlank.find(text[range.begin]) != std::string_view::npos) ++range.begin;
  while (range.end > range.begin && kBlank.find(text[range.end - 1]) != std::string_view::npos) --range.end;
  return range;
}

std::string_view cut(std::string_view text, Range range) { return text.substr(range.begin, range.end - range.begin); }

// The bytes of the value in `text` between `begin` and `end`, without what follows as a comment.
Range valueIn(std::string_view text, std::size_t begin, std::size_t end) {
  Range range = trimmed(text, {begin, end});
  auto value = cut(text, range);
  // Between backquotes nothing is a comment.
  if (value.starts_with('`'))
    if (auto close = value.find('`', 1); close != std::string_view::npos) return {range.begin, range.begin + close + 1};
  auto comment = value.find(" #");
  if (comment == std::string_view::npos) comment = value.find(" ;");
  if (comment == std::string_view::npos) return range;
  return trimmed(text, {range.begin, range.begin + comment});
}

std::string_view unquoted(std::string_view value) {
  for (char quote : {'`', '"', '\''})
    if (value.size() >= 2 && value.front() == quote && value.find(quote, 1) == value.size() - 1)
      return value.substr(1, value.size() - 2);
  return value;
}

// Whether a reader of the dialect gets back what was written.
bool isPlain(std::string_view value) {
  const std::string line = "k = " + std::string(value);
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos && !value.ends_with('\\') &&
         unquoted(cut(line, valueIn(line, 3, line.size()))) == value;
}

bool isSectionName(std::string_view name) {
  return !name.empty() && core::trim(name) == name &&
         name.find_first_of(std::string_view("[]\r\n\0", 5)) == std::string_view::npos;
}

bool isKey(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
}

core::Result<void> checkProfileName(std::string_view name) {
  if (name == ConfigFile::kSettings)
    return core::fail(ErrorCode::InvalidParams,
                      fmt::format("'{}' holds settings of the Databricks CLI and cannot be used as a profile. Choose "
                                  "another name.",
                                  name));
  if (isSectionName(name)) return {};
  return core::fail(ErrorCode::InvalidParams,
                    "A profile's name is one line without brackets and without spaces at its ends.");
}

}  // namespace

const ConfigFile::Entry* ConfigFile::Section::find(std::string_view key) const {
  const Entry* found = nullptr;
  for (const auto& entry : entries)
    if (core::equalsIgnoreCase(entry.key, key)) found = &entry;
  return found;
}

ConfigFile::ConfigFile(std::string_view text, std::string shownPath) : path_(std::move(shownPath)) {
  if (text.starts_with(kMark)) {
    mark_ = kMark;
    text.remove_prefix(kMark.size());
  }
  parse(text);
  index();
}

ConfigFile ConfigFile::unreadable(std::string problem, std::string shownPath) {
  ConfigFile file({}, std::move(shownPath));
  file.problem_ = std::move(problem);
  return file;
}

void ConfigFile::parse(std::string_view text) {
  while (!text.empty()) {
    auto end = text.find('\n');
    auto size = end == std::string_view::npos ? text.size() : end + 1;
    if (lines_.empty() && end != std::string_view::npos && end > 0 && text[end - 1] == '\r') ending_ = "\r\n";
    lines_.push_back({.text = std::string(text.substr(0, size))});
    text.remove_prefix(size);
  }
}

// Kind and parts of one line; its section comes from the lines above.
void ConfigFile::readLine(Line& line) {
  line.kind = Line::Kind::Other;
  line.key.clear();
  auto content = trimmed(line.text, {0, line.text.size()});
  auto text = cut(line.text, content);
  if (text.empty() || text.front() == '#' || text.front() == ';') return;
  if (text.front() == '[') {
    line.kind = Line::Kind::Header;
    return;
  }
  auto mark = text.find_first_of("=:");
  if (mark == std::string_view::npos || mark == 0) return;
  line.kind = Line::Kind::Key;
  line.key = unquoted(core::trim(text.substr(0, mark)));
  auto value = valueIn(line.text, content.begin + mark + 1, content.end);
  line.valueAt = value.begin;
  line.valueEnd = value.end;
}

void ConfigFile::index() {
  sections_.clear();
  auto open = [this](std::string_view name, int number) {
    auto it = std::ranges::find(sections_, name, &Section::name);
    if (it == sections_.end()) {
      sections_.push_back({.name = std::string(name), .line = number, .entries = {}, .problem = {}});
      return sections_.size() - 1;
    }
    if (it->line == 0) {
      it->line = number;  // keys above the first header, then a header of their section
    } else if (it->problem.empty()) {
      it->problem = fmt::format("The profile [{}] stands twice in {}, in lines {} and {}. Remove one.", name, path_,
                                it->line, number);
    }
    return static_cast<std::size_t>(it - sections_.begin());
  };
  std::size_t current = sections_.size();
  auto inSection = [&]() -> Section& {
    if (current >= sections_.size()) current = open(kDefault, 0);
    return sections_[current];
  };
  // What is not could neither be shown nor sent. Comments may be whatever they are.
  auto mustBeUtf8 = [&](std::string_view text, int number) {
    if (!core::isUtf8(text) && inSection().problem.empty())
      inSection().problem = fmt::format("{} is not UTF-8 text. Save the file as UTF-8.", place(number));
  };

  int number = 0;
  for (auto& line : lines_) {
    ++number;
    readLine(line);
    auto text = core::trim(line.text);
    if (line.kind == Line::Kind::Header) {
      auto close = text.rfind(']');
      auto name = core::trim(text.substr(1, close == std::string_view::npos ? close : close - 1));
      current = open(core::toValidUtf8(name), number);
      if (close == std::string_view::npos && sections_[current].problem.empty())
        sections_[current].problem = fmt::format("{} begins a profile, but its ']' is missing.", place(number));
      mustBeUtf8(name, number);
    } else if (line.kind == Line::Kind::Key) {
      auto value = std::string_view(line.text).substr(line.valueAt, line.valueEnd - line.valueAt);
      inSection().entries.push_back({.key = line.key, .value = std::string(unquoted(value)), .line = number});
      mustBeUtf8(line.key, number);
      mustBeUtf8(value, number);
    } else if (!text.empty() && text.front() != '#' && text.front() != ';') {
      auto& section = inSection();
      // The line itself stays out of the sentence: it may be a token that lost its key.
      if (section.problem.empty())
        section.problem = fmt::format(
            "{} cannot be understood: it is no 'key = value', no comment and no [profile]. Correct or remove it.",
            place(number));
    }
    line.section = current < sections_.size() ? sections_[current].name : std::string(kDefault);
  }
}

const ConfigFile::Section* ConfigFile::find(std::string_view name) const {
  auto it = std::ranges::find(sections_, name, &Section::name);
  return it == sections_.end() ? nullptr : &*it;
}

std::string ConfigFile::setting(std::string_view key) const {
  const auto* settings = find(kSettings);
  const auto* entry = settings ? settings->find(key) : nullptr;
  return entry ? entry->value : "";
}

std::string ConfigFile::place(int line) const { return line > 0 ? fmt::format("{}:{}", path_, line) : path_; }

std::string ConfigFile::text() const {
  std::string all = mark_;
  for (const auto& line : lines_) all += line.text;
  return all;
}

// Behind the last key of a section that exists, or behind its header.
std::size_t ConfigFile::endOfKeys(std::string_view section) const {
  std::size_t end = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i)
    if (lines_[i].section == section && lines_[i].kind != Line::Kind::Other) end = i + 1;
  return end;
}

void ConfigFile::insert(std::size_t at, std::string text) {
  if (at > 0 && !lines_[at - 1].text.ends_with('\n')) lines_[at - 1].text += ending_;
  lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at), {.text = std::move(text) + ending_});
}

core::Result<void> ConfigFile::set(std::string_view section, std::string_view key, std::string_view value) {
  if (!isKey(key) || !isPlain(value))
    return core::fail(ErrorCode::InvalidParams,
                      fmt::format("The value of '{}' cannot be written to {}: it has quotes around it, a line break, "
                                  "spaces at its ends, or a ' #' or ' ;' that would begin a comment.",
                                  core::redact(key), path_));
  if (!find(section)) {
    if (section != kSettings)
      return core::fail(ErrorCode::NotFound, fmt::format("{} has no profile [{}].", path_, section));
    if (!lines_.empty() && !core::trim(lines_.back().text).empty()) insert(lines_.size(), "");
    insert(lines_.size(), fmt::format("[{}]", section));
    index();
  }
  Line* found = nullptr;
  for (auto& line : lines_)
    if (line.kind == Line::Kind::Key && line.section == section && core::equalsIgnoreCase(line.key, key)) found = &line;
  if (found) {
    const bool wasEmpty = found->valueAt == found->valueEnd;
    found->text.replace(found->valueAt, found->valueEnd - found->valueAt, (wasEmpty ? " " : "") + std::string(value));
  } else {
    insert(endOfKeys(section), fmt::format("{} = {}", key, value));
  }
  index();
  return {};
}

void ConfigFile::remove(std::string_view section, std::string_view key) {
  std::erase_if(lines_, [&](const Line& line) {
    return line.kind == Line::Kind::Key && line.section == section && core::equalsIgnoreCase(line.key, key);
  });
  index();
}

core::Result<void> ConfigFile::addProfile(std::string_view name) {
  TROWEL_TRY(checkProfileName(name));
  if (const auto* there = find(name))
    return core::fail(ErrorCode::AlreadyExists,
                      fmt::format("There is a profile [{}] already ({}).", name, place(there->line)));
  if (!lines_.empty() && !core::trim(lines_.back().text).empty()) insert(lines_.size(), "");
  insert(lines_.size(), fmt::format("[{}]", name));
  index();
  return {};
}

core::Result<void> ConfigFile::removeProfile(std::string_view name) {
  TROWEL_TRY(checkProfileName(name));
  if (!find(name)) return core::fail(ErrorCode::NotFound, fmt::format("{} has no profile [{}].", path_, name));
  // Section by section, for one that stands twice goes twice.
  std::vector<Line> kept;
  for (std::size_t begin = 0; begin < lines_.size();) {
    std::size_t end = begin + 1;
    while (end < lines_.size() && lines_[end].kind != Line::Kind::Header) ++end;
    std::size_t from = begin;
    if (lines_[begin].section == name) {
      for (from = end; from > begin && lines_[from - 1].kind == Line::Kind::Other;) --from;
      while (from < end && core::trim(lines_[from].text).empty()) ++from;
    }
    for (; from < end; ++from) kept.push_back(std::move(lines_[from]));
    begin = end;
  }
  lines_ = std::move(kept);
  index();
  if (setting("default_profile") == name) remove(kSettings, "default_profile");
  return {};
}

core::Result<void> ConfigFile::renameProfile(std::string_view from, std::string_view to) {
  TROWEL_TRY(checkProfileName(from));
  TROWEL_TRY(checkProfileName(to));
  const auto* section = find(from);
  if (!section) return core::fail(ErrorCode::NotFound, fmt::format("{} has no profile [{}].", path_, from));
  if (from == to) return {};
  const int first = section->entries.empty() ? section->line : section->entries.front().line;
  if (section->line == 0 || first < section->line)
    return core::fail(ErrorCode::InvalidParams,
                      fmt::format("{} stands above the first [profile] and belongs to [{}] for that reason alone. "
                                  "Give it a [profile] in the file, then rename that.",
                                  place(first), from));
  if (const auto* there = find(to))
    return core::fail(ErrorCode::AlreadyExists,
                      fmt::format("There is a profile [{}] already ({}).", to, place(there->line)));
  const bool isDefault = setting("default_profile") == from;
  for (auto& line : lines_) {
    if (line.kind != Line::Kind::Header || line.section != from) continue;
    auto open = line.text.find('[');
    auto close = line.text.rfind(']');
    if (close == std::string::npos) close = trimmed(line.text, {0, line.text.size()}).end;
    line.text.replace(open + 1, close - open - 1, to);
  }
  index();
  if (isDefault) TROWEL_TRY(set(kSettings, "default_profile", to));
  return {};
}

}  // namespace trowel::auth
