// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

struct Section {
  Profile profile;
  int line = 0;
  std::string otherMethod;  // a key of a sign-in that this version cannot do
};

void judge(Section& section) {
  auto& profile = section.profile;
  if (!profile.problem.empty()) return;
  if (profile.host.empty()) {
    profile.problem =
        fmt::format("Profile [{}] (line {}) has no host. Add a line 'host = https://…'.", profile.name, section.line);
  } else if (profile.token.empty() && !section.otherMethod.empty()) {
    profile.problem = fmt::format(
        "Profile [{}] (line {}) signs in with '{}'. This version of Trowel knows personal access tokens only: add a "
        "line 'token = …'.",
        profile.name, section.line, section.otherMethod);
  } else if (profile.token.empty()) {
    profile.problem =
        fmt::format("Profile [{}] (line {}) has no token. Add a line 'token = …'.", profile.name, section.line);
  }
}

}  // namespace

std::vector<Profile> parseConfigFile(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<Section> sections;
  int number = 0;
  for (auto line : core::split(text, '\n')) {
    ++number;
    line = core::trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      auto name =
          core::trim(line.substr(1, line.rfind(']') == std::string_view::npos ? line.size() : line.rfind(']') - 1));
      Section section;
      section.profile.name = std::string(name);
      section.line = number;
      if (!line.ends_with(']')) {
        section.profile.problem = fmt::format("Line {} begins a profile, but its ']' is missing.", number);
      } else if (auto first = std::ranges::find(sections, name, [](const Section& s) { return s.profile.name; });
                 first != sections.end()) {
        section.profile.problem =
            fmt::format("Profile [{}] stands twice, in lines {} and {}. Remove one.", name, first->line, number);
      }
      sections.push_back(std::move(section));
      continue;
    }
    auto equals = line.find('=');
    if (equals == std::string_view::npos || sections.empty()) continue;
    auto key = core::toLower(core::trim(line.substr(0, equals)));
    auto value = core::trim(line.substr(equals + 1));
    auto& section = sections.back();
    if (key == "host") {
      section.profile.host = std::string(value);
    } else if (key == "token") {
      section.profile.token = core::SecretString(std::string(value));
    } else if (key == "client_id" || key == "auth_type" || key == "azure_client_id" || key == "username") {
      section.otherMethod = key;
    }
  }
  std::vector<Profile> profiles;
  for (auto& section : sections) {
    judge(section);
    profiles.push_back(std::move(section.profile));
  }
  // The CLI writes an empty [DEFAULT] of its own; it is no connection.
  std::erase_if(profiles, [](const Profile& p) { return p.name == "DEFAULT" && p.host.empty() && p.token.empty(); });
  // So is the section in which it keeps its own settings.
  std::erase_if(profiles, [](const Profile& p) { return p.name == "__settings__"; });
  return profiles;
}

}  // namespace trowel::connection
