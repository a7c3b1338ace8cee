// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/azure_cloud.hpp"

#include "support/catch.hpp"

namespace trowel::auth {

TEST_CASE("a host's cloud is told by its suffix") {
  struct Row {
    const char* host;
    Cloud cloud;
    const char* environment;
    const char* application;
  };
  constexpr const char* kApplication = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
  for (const auto& row : {
           Row{"https://adb-1.2.azuredatabricks.net", Cloud::Azure, "PUBLIC", kApplication},
           Row{"ADB-1.2.AzureDatabricks.NET:443", Cloud::Azure, "PUBLIC", kApplication},
           Row{"https://adb-1.2.azuredatabricks.net/?o=1", Cloud::Azure, "PUBLIC", kApplication},
           Row{"https://x.dev.azuredatabricks.net", Cloud::Azure, "PUBLIC", "62a912ac-b58e-4c1d-89ea-b2dbfc7358fc"},
           Row{"https://x.staging.azuredatabricks.net", Cloud::Azure, "PUBLIC", "4a67d088-db5c-48f1-9ff2-0aace800ae68"},
           Row{"https://adb-1.2.databricks.azure.us", Cloud::Azure, "USGOVERNMENT", kApplication},
           Row{"https://adb-1.2.databricks.azure.cn", Cloud::Azure, "CHINA", kApplication},
           Row{"https://1.2.gcp.databricks.com", Cloud::Gcp, "PUBLIC", kApplication},
           Row{"https://dbc-1.cloud.databricks.com", Cloud::Aws, "PUBLIC", kApplication},
           Row{"https://azuredatabricks.net.evil.example", Cloud::Aws, "PUBLIC", kApplication},
           Row{"https://evil.example/.azuredatabricks.net", Cloud::Aws, "PUBLIC", kApplication},
           Row{"http://127.0.0.1:8080", Cloud::Aws, "PUBLIC", kApplication},
           Row{"", Cloud::Aws, "PUBLIC", kApplication},
       }) {
    INFO(row.host);
    CHECK(cloudOf(row.host) == row.cloud);
    CHECK(azureCloudOf(row.host).environment == row.environment);
    CHECK(azureApplicationOf(row.host) == row.application);
  }
  CHECK(toString(Cloud::Gcp) == "GCP");
}

TEST_CASE("account consoles are told by how their name begins") {
  CHECK(isAccountHost("https://accounts.cloud.databricks.com"));
  CHECK(isAccountHost("accounts-dod.cloud.databricks.us"));
  CHECK(isAccountHost("https://Accounts.azuredatabricks.net/"));
  CHECK_FALSE(isAccountHost("https://adb-1.2.azuredatabricks.net"));
  CHECK_FALSE(isAccountHost("https://myaccounts.example"));
}

TEST_CASE("Azure's clouds are found by the names that ARM_ENVIRONMENT has for them") {
  for (const char* name : {"PUBLIC", "public", "AzurePublicCloud", "Azure Public"}) {
    INFO(name);
    CHECK((azureCloudNamed(name) == nullptr) == (std::string_view(name) == "Azure Public"));
  }
  REQUIRE(azureCloudNamed("usgovernment"));
  CHECK(azureCloudNamed("AzureUSGovernment")->arm == "https://management.usgovcloudapi.net");
  CHECK(azureCloudNamed("AzureChinaCloud")->login == "https://login.chinacloudapi.cn");
  CHECK(azureCloudNamed("GERMAN") == nullptr);
  CHECK(azureCloudNamed("") == nullptr);
  for (const auto& cloud : azureClouds()) CHECK_FALSE(cloud.login.ends_with('/'));
}

}  // namespace trowel::auth
