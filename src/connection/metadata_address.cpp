// SPDX-License-Identifier: Apache-2.0
#include "connection/metadata_address.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/hash.hpp"
#include "trowel/core/json.hpp"
#include "trowel/os/files.hpp"

namespace trowel::connection {

namespace {

constexpr std::size_t kMaxFile = 4096;
constexpr std::size_t kPathLength = 64;
constexpr std::int64_t kMaxPort = 65535;

bool isPath(const std::string& path) {
  return path.size() == kPathLength &&
         std::ranges::all_of(path, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string MetadataAddress::url() const { return "http://127.0.0.1:" + std::to_string(port) + "/" + path; }

MetadataFiles metadataFiles(const std::string& stateFolder, const Identity& identity) {
  std::string all;
  for (const auto* each : {&identity.project, &identity.connection, &identity.host, &identity.user}) {
    all += *each;
    all += '\0';
  }
  const auto name = stateFolder + "/metadata-service/" + core::sha256(all).substr(0, 32);
  return {.address = name + ".json", .lock = name + ".lock"};
}

core::Result<MetadataAddress> readAddress(const std::string& file) {
  const auto text = TROWEL_TRY(os::readFile(file, kMaxFile));
  const auto json = core::parseJson(text).value_or(core::Json());
  const auto port = core::intAt(json, "port");
  auto path = core::stringAt(json, "path");
  if (port < 1 || port > kMaxPort || !isPath(path))
    return core::fail(core::ErrorCode::NotFound, "The file " + file + " holds no address.");
  return MetadataAddress{.port = static_cast<std::uint16_t>(port), .path = std::move(path)};
}

core::Result<void> writeAddress(const std::string& file, const MetadataAddress& address) {
  return os::replaceFile(file, core::dumpJson({{"port", address.port}, {"path", address.path}}));
}

}  // namespace trowel::connection
