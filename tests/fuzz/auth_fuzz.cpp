// SPDX-License-Identifier: Apache-2.0
// Any bytes as what others write and we read to sign in: the configuration file, which an edit must leave as it is but
// for what it was to change, the browser's answer, times, and tokens. The first byte says which.
#include <cstdlib>
#include <string>

#include "auth/timestamps.hpp"
#include "auth/u2m/callback.hpp"
#include "trowel/auth/config_file.hpp"
#include "trowel/auth/sign_in.hpp"

using namespace trowel;
using auth::ConfigFile;

namespace {

constexpr std::string_view kNew = "fuzzed by this test";

void require(bool holds) {
  if (!holds) std::abort();
}

// All sections but that of one name say the same as before.
void requireOthers(const ConfigFile& before, const ConfigFile& after, std::string_view name) {
  for (const auto& was : before.sections()) {
    if (was.name == name) continue;
    const auto* is = after.find(was.name);
    require(is && is->entries.size() == was.entries.size() && is->problem.empty() == was.problem.empty());
    for (std::size_t i = 0; i < was.entries.size(); ++i)
      require(is->entries[i].key == was.entries[i].key && is->entries[i].value == was.entries[i].value);
  }
}

void checkConfigFile(const std::string& text) {
  const ConfigFile file(text, "file");
  require(file.text() == text);

  for (const auto& section : file.sections()) {
    if (!section.problem.empty() || section.name == ConfigFile::kSettings) continue;
    auto edited = file;
    if (edited.set(section.name, "host", "https://fuzz.example")) {
      const ConfigFile again(edited.text(), "file");
      const auto* there = again.find(section.name);
      require(there && there->find("host") && there->find("host")->value == "https://fuzz.example");
      requireOthers(file, again, section.name);
      edited.remove(section.name, "HOST");
      require(!edited.find(section.name) || !edited.find(section.name)->find("host"));
    }
    edited = file;
    if (edited.renameProfile(section.name, kNew)) {
      const ConfigFile again(edited.text(), "file");
      require(again.find(kNew) && again.find(kNew)->entries.size() == section.entries.size());
    }
    edited = file;
    if (edited.removeProfile(section.name)) require(!ConfigFile(edited.text(), "file").find(section.name));
  }
  auto edited = file;
  if (edited.addProfile(kNew)) {
    const ConfigFile again(edited.text(), "file");
    require(again.find(kNew) && again.find(kNew)->entries.empty());
    requireOthers(file, again, kNew);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      auth::readCallback(text, "state");
      auth::callbackPage(true, text);
      break;
    case 1:
      if (auto time = auth::parseRfc3339(text)) require(auth::parseRfc3339(auth::toRfc3339(*time)).has_value());
      auth::parseLocalTime(text);
      break;
    case 2:
      auth::accessTokenOf(core::SecretString(text));
      break;
    default:
      checkConfigFile(text);
  }
  return 0;
}
