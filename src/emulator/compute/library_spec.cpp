// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/library_spec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/server/message.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

const std::vector<MessageField>& libraryFields() {
  static const std::vector<MessageField> fields = {
      {"jar", ValueType::Text},
      {"egg", ValueType::Text},
      {"whl", ValueType::Text},
      {"requirements", ValueType::Text},
      {.name = "pypi", .type = ValueType::Object, .members = {{"package", ValueType::Text}, {"repo", ValueType::Text}}},
      {.name = "cran", .type = ValueType::Object, .members = {{"package", ValueType::Text}, {"repo", ValueType::Text}}},
      {.name = "maven",
       .type = ValueType::Object,
       .members = {{"coordinates", ValueType::Text}, {"repo", ValueType::Text}, {"exclusions", ValueType::TextList}}}};
  return fields;
}

// Where files of a library may lie.
bool isPlace(std::string_view path) {
  static constexpr std::string_view kPlaces[] = {"dbfs:/", "/dbfs/",   "/Workspace/", "/Volumes/", "s3://",
                                                 "s3a://", "abfss://", "gs://",       "adl://",    "file:/"};
  return std::any_of(std::begin(kPlaces), std::end(kPlaces), [&](auto place) { return path.starts_with(place); });
}

Reply<void> checkFile(const std::string& kind, const std::string& path) {
  if (path.empty()) return missingField("libraries." + kind);
  if (!isPlace(path))
    return invalidParameter("Invalid " + kind + " library: " + core::toValidUtf8(path) +
                            " is not a path in the workspace, in a volume, in DBFS or in cloud storage.");
  const std::string ending = kind == "requirements" ? ".txt" : "." + kind;
  if (!path.ends_with(ending) && !path.ends_with(".zip"))
    return invalidParameter("Invalid " + kind + " library: " + core::toValidUtf8(path) + " must end with " + ending +
                            ".");
  return {};
}

Reply<void> checkPackage(const std::string& kind, const Json& library) {
  const char* field = kind == "maven" ? "coordinates" : "package";
  auto name = core::stringAt(library, field);
  if (name.empty()) return missingField("libraries." + kind + "." + field);
  if (kind != "maven") return {};
  auto parts = core::split(name, ':');
  if (parts.size() < 3 || std::any_of(parts.begin(), parts.end(), [](auto part) { return part.empty(); }))
    return invalidParameter("Invalid Maven coordinates: " + core::toValidUtf8(name) +
                            " is not groupId:artifactId:version.");
  return {};
}

}  // namespace

Reply<Json> readLibraries(const Json& list) {
  if (!list.is_array())
    return malformedRequest("Could not parse request object: Expected 'START_ARRAY' for field 'libraries'");
  Json libraries = Json::array();
  for (const auto& item : list) {
    if (!item.is_object())
      return malformedRequest("Could not parse request object: Expected 'START_OBJECT' for field 'libraries'");
    Json library = TROWEL_TRY(readMessage(item, libraryFields(), "libraries."));
    if (library.size() != 1)
      return invalidParameter("A library must be exactly one of jar, egg, whl, pypi, maven, cran and requirements.");
    const std::string kind = library.begin().key();
    auto checked = library.begin()->is_object() ? checkPackage(kind, *library.begin())
                                                : checkFile(kind, library.begin()->get<std::string>());
    if (!checked) return std::unexpected(checked.error());
    if (std::find(libraries.begin(), libraries.end(), library) == libraries.end())
      libraries.push_back(std::move(library));
  }
  return libraries;
}

}  // namespace trowel::emulator
