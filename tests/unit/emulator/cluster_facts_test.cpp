// SPDX-License-Identifier: Apache-2.0
// What code learns of the cluster that it runs on.
#include "command_context.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Cluster {
  WorkspaceClient client{sharedEmulator()};

  std::string create(const Json& more) {
    Json spec{{"cluster_name", "facts"},
              {"spark_version", "14.3.x-scala2.12"},
              {"num_workers", 0},
              {"node_type_id", "Standard_DS3_v2"}};
    spec.update(more);
    auto reply = client.post("/api/2.1/clusters/create", spec);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("cluster_id");
  }
};

}  // namespace

TEST_CASE_METHOD(Cluster, "code sees the runtime, the settings and the variables of its cluster") {
  auto id = create({{"spark_conf", {{"spark.my.k", "v"}, {"spark.sql.shuffle.partitions", "7"}}},
                    {"spark_env_vars", {{"MYENV", "seven"}, {"MYPATH", "$MYENV/bin"}, {"TROWEL_ROOT", "/nowhere"}}}});
  CommandContext context(sharedEmulator(), id);
  CHECK(context.text("import os\nos.environ['DATABRICKS_RUNTIME_VERSION'], spark.version[:2]") == "('14.3', '3.')");
  CHECK(context.text("spark.conf.get('spark.my.k'), spark.conf.get('spark.sql.shuffle.partitions')") == "('v', '7')");
  CHECK(context.text("os.environ['MYENV'], os.environ['MYPATH'], os.environ.get('TROWEL_ROOT') != '/nowhere'") ==
        "('seven', 'seven/bin', True)");
  CHECK(context.text("spark.conf.get('spark.databricks.clusterUsageTags.sparkVersion')") == "'14.3.x-scala2.12'");
  CHECK(context.text("spark.conf.get('spark.databricks.clusterUsageTags.clusterName')") == "'facts'");
  CHECK(context.text("spark.conf.get('spark.databricks.workspaceUrl').split(':')[0]") == "'127.0.0.1'");
  CHECK(context.text("!echo $MYENV") == "seven");
  CHECK(context.text("dbutils.library.restartPython()") == "");
  CHECK(context.text("import os\nos.environ['MYENV'], spark.conf.get('spark.my.k')") == "('seven', 'v')");
}

TEST_CASE_METHOD(Cluster, "secrets in settings and variables are resolved for code and never shown") {
  REQUIRE(client.post("/api/2.0/secrets/scopes/create", {{"scope", "facts"}}).status == 200);
  REQUIRE(client.post("/api/2.0/secrets/put", {{"scope", "facts"}, {"key", "k"}, {"string_value", "hid den"}}).status ==
          200);
  auto id = create({{"spark_conf", {{"spark.pw", "{{secrets/facts/k}}"}, {"spark.none", "{{secrets/facts/nope}}"}}},
                    {"spark_env_vars", {{"PW", "<{{secrets/facts/k}}>"}}}});
  CommandContext context(sharedEmulator(), id);
  CHECK(context.text("import os\nspark.conf.get('spark.pw') == 'hid' + ' den', os.environ['PW'] == '<hid' + ' den>'") ==
        "(True, True)");
  CHECK(context.text("print(os.environ['PW'])") == "<[REDACTED]>");
  CHECK(context.text("spark.conf.get('spark.none')") == "'{{secrets/facts/nope}}'");
}
