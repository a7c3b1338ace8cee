// SPDX-License-Identifier: Apache-2.0
#include "support/scripted_http.hpp"
#include "trowel/auth/azure_cloud.hpp"
#include "unit/connection/offer_fixture.hpp"

namespace trowel::connection {

namespace {

constexpr const char* kTenants = "/tenants?api-version=2020-01-01";
constexpr const char* kSubscriptions = "/subscriptions?api-version=2020-01-01";

std::string workspacesOf(const std::string& subscription) {
  return "/subscriptions/" + subscription + "/providers/Microsoft.Databricks/workspaces?api-version=2018-04-01";
}

std::string resource(const std::string& name) {
  return "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/" + name;
}

std::string workspace(const std::string& name, const std::string& url) {
  return R"({"id":")" + resource(name) + R"(","name":")" + name + R"(","location":"westeurope","properties":{)" +
         (url.empty() ? R"("provisioningState":"Failed")" : R"("workspaceId":"5","workspaceUrl":")" + url + "\"") +
         "}}";
}

std::string subscription(const std::string& id, const std::string& tenant) {
  return R"({"subscriptionId":")" + id + R"(","displayName":"Sub )" + id + R"(","tenantId":")" + tenant + R"("})";
}

std::string page(const std::string& values, const std::string& next = "") {
  return R"({"value":[)" + values + "]" + (next.empty() ? "" : R"(,"nextLink":")" + next + "\"") + "}";
}

struct Fixture {
  test::ScriptedHttp http;
  AzureQuery query{
      .arm = "https://management.azure.com",
      .token = [](const std::string& tenant, const core::CancelToken&) -> core::Result<core::SecretString> {
        if (tenant == "closed") return core::fail(core::ErrorCode::Unauthenticated, "Sign in to it first.");
        return core::SecretString("token-" + tenant);
      }};

  AzureWorkspaces find() {
    auto found = findAzureWorkspaces(query, http, {});
    if (!found) FAIL(found.error().message);
    http.verify();
    return *std::move(found);
  }
};

}  // namespace

TEST_CASE("workspaces of every tenant and subscription are found, page by page") {
  Fixture f;
  f.http.on("GET", kTenants).reply(200, page(R"({"tenantId":"t1"},{"tenantId":"t2"})"));
  f.http.on("GET", kSubscriptions)
      .reply(200, page(subscription("s1", "t1"), "https://management.azure.com/next?a=b%20c"));
  f.http.on("GET", "/next?a=b%20c").reply(200, page(subscription("s2", "t1")));
  f.http.on("GET", workspacesOf("s1"))
      .reply(200, page(workspace("one", "adb-1.2.azuredatabricks.net"), "https://MANAGEMENT.azure.com/more"));
  f.http.on("GET", "/more").reply(200, page(workspace("two", "adb-3.4.azuredatabricks.net")));
  f.http.on("GET", workspacesOf("s2")).reply(200, page(""));
  // Seen from the second tenant as well.
  f.http.on("GET", kSubscriptions).reply(200, page(subscription("s1", "t1") + "," + subscription("s3", "t2")));
  f.http.on("GET", workspacesOf("s3")).reply(200, page(workspace("broken", "")));
  auto all = f.find();
  REQUIRE(all.found.size() == 2);
  CHECK(all.found[0].name == "one");
  CHECK(all.found[0].host == "https://adb-1.2.azuredatabricks.net");
  CHECK(all.found[0].resourceId == resource("one"));
  CHECK(all.found[0].workspaceId == "5");
  CHECK(all.found[0].tenant == "t1");
  CHECK(all.found[0].subscription == "Sub s1");
  CHECK(all.found[0].location == "westeurope");
  CHECK(all.found[1].name == "two");
  CHECK(all.notes ==
        std::vector<std::string>{"The workspace broken of the subscription Sub s3 is left out, for it has no "
                                 "address (its state is Failed)."});
  auto requests = f.http.requests();
  CHECK(requests.at(0).authorization.reveal() == "Bearer token-");
  CHECK(requests.at(1).authorization.reveal() == "Bearer token-t1");
  CHECK(requests.back().authorization.reveal() == "Bearer token-t2");
}

TEST_CASE("a named tenant and named subscriptions are all that is asked") {
  Fixture f;
  f.query.only = {.tenant = "t9", .subscriptions = {"S2"}};
  f.http.on("GET", kSubscriptions).reply(200, page(subscription("s1", "t9") + "," + subscription("s2", "t9")));
  f.http.on("GET", workspacesOf("s2")).reply(200, page(workspace("one", "adb-1.2.databricks.azure.cn")));
  CHECK(f.find().found.at(0).host == "https://adb-1.2.databricks.azure.cn");
}

TEST_CASE("a sovereign cloud has its own address") {
  Fixture f;
  f.query.arm = auth::azureCloudNamed("USGOVERNMENT")->arm;
  f.query.only.tenant = "t";
  f.http.on("GET", kSubscriptions).reply(200, page(""));
  CHECK(f.find().found.empty());
  CHECK(f.http.requests().at(0).origin == "https://management.usgovcloudapi.net");
}

TEST_CASE("an address with a path keeps it") {
  Fixture f;
  f.query.arm = "http://127.0.0.1:8080/standins/arm";
  f.query.only.tenant = "t";
  f.http.on("GET", "/standins/arm" + std::string(kSubscriptions))
      .reply(200, page("", "http://127.0.0.1:8080/standins/arm/subscriptions?x"));
  f.http.on("GET", "/standins/arm/subscriptions?x").reply(200, page(""));
  CHECK(f.find().found.empty());
}

TEST_CASE("what cannot be read is left out with a note") {
  Fixture f;
  f.http.on("GET", kTenants)
      .reply(200, page(R"({"tenantId":"closed","displayName":"Guests"},{"tenantId":"t1","displayName":"Home"})"));
  f.http.on("GET", kSubscriptions).reply(200, page(subscription("s1", "t1") + "," + subscription("s2", "t1")));
  f.http.on("GET", workspacesOf("s1"))
      .reply(403, R"({"error":{"code":"AuthorizationFailed","message":"You may not look."}})");
  f.http.on("GET", workspacesOf("s2")).reply(200, page(workspace("one", "adb-1.2.azuredatabricks.net")));
  auto all = f.find();
  CHECK(all.found.size() == 1);
  CHECK(all.notes ==
        std::vector<std::string>{"The tenant Guests is left out. Sign in to it first.",
                                 "The subscription Sub s1 is left out. Azure does not list the workspaces: "
                                 "You may not look."});
}

TEST_CASE("whoever may not list tenants has the home one") {
  Fixture f;
  f.http.on("GET", kTenants).reply(403, "");
  f.http.on("GET", kSubscriptions).reply(200, page(""));
  CHECK(f.find().found.empty());
}

TEST_CASE("where nothing can be read, the reason is the error") {
  struct Row {
    int status;
    const char* body;
    core::ErrorCode code;
    const char* message;
  };
  for (const auto& row : {
           Row{401, R"({"error":{"code":"x","message":"Expired."}})", core::ErrorCode::Unauthenticated,
               "Azure does not list the subscriptions: Expired."},
           Row{429, "", core::ErrorCode::RateLimited, "Azure does not list the subscriptions: It answered 429."},
           Row{503, "<html>", core::ErrorCode::Unavailable, "Azure does not list the subscriptions: It answered 503."},
           Row{302, "", core::ErrorCode::Unsupported, "Azure does not list the subscriptions: It answered 302."},
           Row{200, "<html>", core::ErrorCode::DataLoss, "Azure's list of the subscriptions cannot be read."},
           Row{200, "{}", core::ErrorCode::DataLoss, "Azure's list of the subscriptions cannot be read."},
           Row{200, R"({"value":7})", core::ErrorCode::DataLoss, "Azure's list of the subscriptions cannot be read."},
       }) {
    INFO(row.status << row.body);
    Fixture f;
    f.query.only.tenant = "t";
    f.http.on("GET", kSubscriptions).reply(row.status, row.body);
    auto found = findAzureWorkspaces(f.query, f.http, {});
    REQUIRE_FALSE(found);
    CHECK(found.error().code == row.code);
    CHECK(found.error().message == row.message);
  }
}

TEST_CASE("a next page elsewhere, or in a circle, ends the list") {
  for (const char* link : {"https://evil.example/next", "http://management.azure.com/next",
                           "https://management.azure.com.evil.example/next", "https://management.azure.com:444/next",
                           "https://management.azure.com@evil.example/", "//evil.example/next", "/next"}) {
    INFO(link);
    Fixture f;
    f.query.only.tenant = "t";
    f.http.on("GET", kSubscriptions).reply(200, page("", link));
    auto found = findAzureWorkspaces(f.query, f.http, {});
    REQUIRE_FALSE(found);
    CHECK(found.error().message ==
          "Azure says that the next page of the subscriptions lies on another host, and Trowel "
          "does not send your token there.");
    CHECK(f.http.requests().size() == 1);
  }
  Fixture f;
  f.query.only.tenant = "t";
  f.http.on("GET", kSubscriptions).reply(200, page("", "https://management.azure.com/a"));
  f.http.on("GET", "/a").reply(200, page("", "https://management.azure.com/a"));
  CHECK(findAzureWorkspaces(f.query, f.http, {}).error().message ==
        "Azure leads in a circle through the pages of the subscriptions. Try again later.");
}

TEST_CASE("a cancel ends the search, and is no note") {
  Fixture f;
  core::CancelSource stop;
  f.http.on("GET", kTenants).reply(200, page(R"({"tenantId":"t1"},{"tenantId":"t2"})"));
  f.query.token = [&](const std::string& tenant, const core::CancelToken& cancel) -> core::Result<core::SecretString> {
    if (tenant.empty()) return core::SecretString("t");
    stop.cancel(core::CancelReason::Client);
    return std::unexpected(cancel.error("Signing in"));
  };
  auto found = findAzureWorkspaces(f.query, f.http, stop.token());
  REQUIRE_FALSE(found);
  CHECK(found.error().code == core::ErrorCode::Cancelled);
}

TEST_CASE("which workspaces of Azure the settings want") {
  OfferFixture f;
  CHECK(azureSettings(f.settings).tenant.empty());
  f.set("databricks.azure.tenantId", "global", "\"t\"");
  f.set("databricks.azure.subscriptionIds", "global", R"(["a", "b"])");
  CHECK(azureSettings(f.settings).subscriptions.size() == 2);
  f.set("databricks.azure.subscriptionIds", "workspace", R"(["c", 7, ""])");
  auto settings = azureSettings(f.settings);
  CHECK(settings.tenant == "t");
  CHECK(settings.subscriptions == std::vector<std::string>{"c"});
  CHECK_FALSE(settings.listsWorkspaces);
  f.settings["databricks.azure.workspaces"]["global"] = {{{"resourceId", resource("one")}}};
  CHECK(azureSettings(f.settings).listsWorkspaces);
}

TEST_CASE("listed and found workspaces are offered once each") {
  OfferFixture f;
  f.set("databricks.azure.tenantId", "global", "\"t\"");
  f.settings["databricks.azure.workspaces"]["global"] = {
      {{"displayName", "Mine"}, {"resourceId", core::toLower(resource("one"))}, {"localSyncFolder", "/mine"}},
      {{"resourceId", resource("named")}},
      {{"displayName", "wrong"}, {"resourceId", "adb-1"}}};
  f.azure = {
      {.name = "one", .resourceId = resource("one"), .host = "https://adb-1.2.azuredatabricks.net", .tenant = "u"},
      {.name = "two", .resourceId = resource("two"), .host = "https://adb-3.4.azuredatabricks.net"}};
  auto id = [](const std::string& name) { return "azure:" + core::toLower(resource(name)); };
  auto one = f.get(id("one"));
  CHECK(one.name == "Mine");
  CHECK(one.host == "https://adb-1.2.azuredatabricks.net");
  CHECK(one.localSyncFolder == "/mine");
  CHECK(one.config.get(auth::Attribute::AzureTenantId) == "u");
  auto named = f.get(id("named"));
  CHECK(named.name == "named");
  CHECK(named.host.empty());
  CHECK(named.problem.empty());
  CHECK(named.cloud == auth::Cloud::Azure);
  CHECK(named.config.get(auth::Attribute::AzureTenantId) == "t");
  CHECK(f.get(id("two")).config.get(auth::Attribute::AzureWorkspaceResourceId) == resource("two"));
  CHECK(f.get("azure:adb-1").problem ==
        "The resourceId of 'wrong' in the setting databricks.azure.workspaces (user) is no id of a workspace of Azure "
        "Databricks. Copy it from the portal: /subscriptions/…/providers/Microsoft.Databricks/workspaces/…");
  CHECK(f.gather().size() == 4);
}

}  // namespace trowel::connection
