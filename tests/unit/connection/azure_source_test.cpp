// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "support/manual_clock.hpp"
#include "support/scripted_http.hpp"
#include "trowel/auth/azure_cloud.hpp"
#include "trowel/auth/sign_in.hpp"
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
  test::ManualClock clock;
  AzureQuery query{
      .arm = "https://management.azure.com",
      .token = [](const std::string& tenant, const core::CancelToken&) -> core::Result<core::SecretString> {
        if (tenant == "closed") return core::fail(core::ErrorCode::Unauthenticated, "Sign in to it first.");
        return core::SecretString("token-" + tenant);
      }};

  Fixture() { clock.advanceOnWait(); }

  AzureWorkspaces find() {
    auto found = findAzureWorkspaces(query, http, clock, {});
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

TEST_CASE("a sovereign cloud has its own address, and what is found there says so") {
  test::ScriptedHttp http;
  test::ManualClock clock;
  const auto& cloud = *auth::azureCloudNamed("USGOVERNMENT");
  const AzureQuery query{
      .cloud = cloud,
      .arm = auth::armAddressOf(cloud, {}).value(),
      .token = [](const std::string& tenant, const core::CancelToken&) -> core::Result<core::SecretString> {
        return core::SecretString("token-" + tenant);
      }};
  http.on("GET", kTenants).reply(200, page(R"({"tenantId":"t1"},{"tenantId":"t2"})"));
  http.on("GET", kSubscriptions).reply(200, page(subscription("s1", "t1")));
  http.on("GET", workspacesOf("s1")).reply(200, page(workspace("one", "adb-1.2.databricks.azure.us")));
  http.on("GET", kSubscriptions).reply(200, page(subscription("s2", "t2")));
  http.on("GET", workspacesOf("s2")).reply(200, page(workspace("two", "adb-3.4.databricks.azure.us")));
  auto all = findAzureWorkspaces(query, http, clock, {});
  http.verify();
  REQUIRE(all);
  REQUIRE(all->found.size() == 2);
  CHECK(all->found[1].host == "https://adb-3.4.databricks.azure.us");
  for (const auto& found : all->found) CHECK(found.environment == "USGOVERNMENT");
  for (const auto& request : http.requests()) CHECK(request.origin == "https://management.usgovcloudapi.net");
  CHECK(http.requests().back().authorization.reveal() == "Bearer token-t2");
}

TEST_CASE("the cloud that is meant where no host tells it") {
  struct Row {
    const char* setting;   // empty: none
    const char* variable;  // likewise
    const char* expected;  // of an error its sentence
  };
  constexpr const char* kUnknown =
      "Trowel does not know the cloud that the setting microsoft-sovereign-cloud.environment names. It knows "
      "ChinaCloud "
      "and USGovernment; without the setting it is the public one.";
  for (const auto& row :
       {Row{"", "", "PUBLIC"}, Row{"ChinaCloud", "", "CHINA"}, Row{"USGovernment", "", "USGOVERNMENT"},
        Row{"", "CHINA", "CHINA"}, Row{"", "AzureUSGovernment", "USGOVERNMENT"}, Row{"ChinaCloud", "PUBLIC", "CHINA"},
        Row{"custom", "CHINA", kUnknown},
        Row{"", "MARS", "The variable ARM_ENVIRONMENT must be PUBLIC, USGOVERNMENT or CHINA."}}) {
    INFO(row.setting << " " << row.variable);
    OfferFixture f;
    if (*row.setting != 0) f.settings["microsoft-sovereign-cloud.environment"]["global"] = row.setting;
    auto cloud = azureCloud(f.settings, [&](const std::string& name) -> std::optional<std::string> {
      if (name != "ARM_ENVIRONMENT" || *row.variable == 0) return std::nullopt;
      return row.variable;
    });
    CHECK((cloud ? std::string((*cloud)->environment) : cloud.error().message) == row.expected);
  }
}

TEST_CASE("what Azure refuses for a while, and what is lost, is asked for again") {
  Fixture f;
  f.query.only.tenant = "t";
  f.http.on("GET", kSubscriptions).reply(429, "", {{"Retry-After", "17"}});
  f.http.on("GET", kSubscriptions).reply(503, "");
  f.http.on("GET", kSubscriptions).drop();
  f.http.on("GET", kSubscriptions).reply(200, page(subscription("s1", "t"), "https://management.azure.com/next"));
  f.http.on("GET", "/next").reply(504, "");
  f.http.on("GET", "/next").reply(200, page(""));
  f.http.on("GET", workspacesOf("s1")).reply(502, "");
  f.http.on("GET", workspacesOf("s1")).reply(200, page(workspace("one", "adb-1.2.azuredatabricks.net")));
  auto all = f.find();
  CHECK(all.found.size() == 1);
  CHECK(all.notes.empty());
  auto waits = f.clock.waits();
  REQUIRE(waits.size() == 5);
  CHECK(waits[0] >= std::chrono::seconds(17));
}

TEST_CASE("Azure's troubles are waited for two minutes in all, and hide no other subscription") {
  Fixture f;
  f.query.only.tenant = "t";
  std::string all;
  for (int i = 0; i < 6; ++i) all += (i == 0 ? "" : ",") + subscription("s" + std::to_string(i), "t");
  f.http.on("GET", kSubscriptions).reply(200, page(all));
  for (int i = 0; i < 5; ++i) {
    const int attempts = i < 2 ? 2 : 1;  // the first two use it up
    for (int k = 0; k < attempts; ++k)
      f.http.on("GET", workspacesOf("s" + std::to_string(i)))
          .reply(429, R"({"error":{"message":"Too many requests."}})", {{"Retry-After", "59"}});
  }
  f.http.on("GET", workspacesOf("s5")).reply(200, page(workspace("one", "adb-1.2.azuredatabricks.net")));
  auto found = f.find();
  CHECK(found.found.size() == 1);
  REQUIRE(found.notes.size() == 5);
  CHECK(found.notes[4] ==
        "The subscription Sub s4 is left out. Azure does not list the workspaces: Too many requests.");
  core::Duration waited{};
  for (auto wait : f.clock.waits()) waited += wait;
  CHECK(waited <= std::chrono::minutes(2));
}

TEST_CASE("where no subscription can be read, the reason is the error, and one that nobody sees is a note") {
  Fixture f;
  f.query.only.tenant = "t";
  f.query.only.subscriptions = {"s1", "S2"};
  f.http.on("GET", kSubscriptions).reply(200, page(subscription("s1", "t")));
  SECTION("none") {
    f.http.on("GET", workspacesOf("s1")).reply(403, R"({"error":{"message":"You may not look."}})");
    auto found = findAzureWorkspaces(f.query, f.http, f.clock, {});
    REQUIRE_FALSE(found);
    CHECK(found.error().message == "Azure does not list the workspaces: You may not look.");
  }
  SECTION("one") {
    f.http.on("GET", workspacesOf("s1")).reply(200, page(""));
    CHECK(f.find().notes ==
          std::vector<std::string>{"The subscription S2 is left out, for your account does not see it."});
  }
}

TEST_CASE("a cancel ends the wait for Azure") {
  test::ScriptedHttp http;
  test::ManualClock clock;
  core::CancelSource stop;
  AzureQuery query{.arm = "https://management.azure.com",
                   .token = [](const std::string&, const core::CancelToken&) -> core::Result<core::SecretString> {
                     return core::SecretString("t");
                   }};
  query.only.tenant = "t";
  http.on("GET", kSubscriptions).reply(429, "", {{"Retry-After", "30"}});
  std::thread user([&] {
    clock.awaitWaiters(1);
    stop.cancel(core::CancelReason::Client);
  });
  auto found = findAzureWorkspaces(query, http, clock, stop.token());
  user.join();
  REQUIRE_FALSE(found);
  CHECK(found.error().code == core::ErrorCode::Cancelled);
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
    const bool comesLater = row.status == 429 || row.status == 503;
    for (int i = 0; i < (comesLater ? 2 : 1); ++i)
      f.http.on("GET", kSubscriptions).reply(row.status, row.body, {{"Retry-After", "40"}});
    auto found = findAzureWorkspaces(f.query, f.http, f.clock, {});
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
    auto found = findAzureWorkspaces(f.query, f.http, f.clock, {});
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
  CHECK(findAzureWorkspaces(f.query, f.http, f.clock, {}).error().message ==
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
  auto found = findAzureWorkspaces(f.query, f.http, f.clock, stop.token());
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

TEST_CASE("a workspace that settings list by its id alone is in the cloud that the editor signs in to") {
  OfferFixture f;
  f.settings["databricks.azure.workspaces"]["global"] = {{{"resourceId", resource("one")}}};
  const auto id = "azure:" + core::toLower(resource("one"));
  CHECK_FALSE(f.get(id).config.has(auth::Attribute::AzureEnvironment));
  f.set("microsoft-sovereign-cloud.environment", "global", "\"ChinaCloud\"");
  CHECK(f.get(id).config.get(auth::Attribute::AzureEnvironment) == "CHINA");
  CHECK(f.get(id).problem.empty());
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
