// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/azure_cloud.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

constexpr AzureCloud kPublic{"PUBLIC", "https://login.microsoftonline.com", "https://management.azure.com",
                             "https://management.core.windows.net/"};
constexpr AzureCloud kGovernment{"USGOVERNMENT", "https://login.microsoftonline.us",
                                 "https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net/",
                                 "USGovernment"};
constexpr AzureCloud kChina{"CHINA", "https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn",
                            "https://management.core.chinacloudapi.cn/", "ChinaCloud"};
constexpr std::array kClouds = {kPublic, kGovernment, kChina};

struct Zone {
  std::string_view suffix;
  Cloud cloud;
  std::size_t azure = 0;  // into kClouds
  std::string_view application = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
};

// The first that fits counts.
constexpr std::array kZones = {
    Zone{".dev.azuredatabricks.net", Cloud::Azure, 0, "62a912ac-b58e-4c1d-89ea-b2dbfc7358fc"},
    Zone{".staging.azuredatabricks.net", Cloud::Azure, 0, "4a67d088-db5c-48f1-9ff2-0aace800ae68"},
    Zone{".azuredatabricks.net", Cloud::Azure},
    Zone{".databricks.azure.us", Cloud::Azure, 1},
    Zone{".databricks.azure.cn", Cloud::Azure, 2},
    Zone{".gcp.databricks.com", Cloud::Gcp},
    Zone{"", Cloud::Aws},
};

// "https://ADB-1.azuredatabricks.net:443/?o=1" -> "adb-1.azuredatabricks.net"
std::string nameOf(std::string_view host) {
  if (auto mark = host.find("://"); mark != std::string_view::npos) host.remove_prefix(mark + 3);
  host = host.substr(0, host.find_first_of(":/?#"));
  return core::toLower(core::trim(host));
}

const Zone& zoneOf(std::string_view host) {
  auto name = nameOf(host);
  return *std::ranges::find_if(kZones, [&](const Zone& zone) { return name.ends_with(zone.suffix); });
}

}  // namespace

std::string_view toString(Cloud cloud) {
  switch (cloud) {
    case Cloud::Azure:
      return "Azure";
    case Cloud::Gcp:
      return "GCP";
    case Cloud::Aws:
      break;
  }
  return "AWS";
}

Cloud cloudOf(std::string_view host) { return zoneOf(host).cloud; }

bool isAccountHost(std::string_view host) {
  auto name = nameOf(host);
  return name.starts_with("accounts.") || name.starts_with("accounts-dod.");
}

std::span<const AzureCloud> azureClouds() { return kClouds; }

const AzureCloud* azureCloudNamed(std::string_view environment) {
  auto name = core::toLower(core::trim(environment));
  if (name.starts_with("azure")) name.erase(0, 5);
  if (name.ends_with("cloud")) name.erase(name.size() - 5);
  const auto* it = std::ranges::find_if(
      kClouds, [&](const AzureCloud& cloud) { return core::equalsIgnoreCase(cloud.environment, name); });
  return it == kClouds.end() ? nullptr : it;
}

const AzureCloud& azureCloudOf(std::string_view host) { return kClouds.at(zoneOf(host).azure); }

std::string_view azureApplicationOf(std::string_view host) { return zoneOf(host).application; }

}  // namespace trowel::auth
