// SPDX-License-Identifier: Apache-2.0
// A job of Azure DevOps whose script was given System.AccessToken as SYSTEM_ACCESSTOKEN.
#include <nlohmann/json.hpp>

#include "auth/strategies/federation.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeAzureDevopsOidc(const Attempt& attempt) {
  TROWEL_TRY(needs(attempt.config, {Attribute::Host}));
  auto variable = [&](const char* name) -> std::string {
    return attempt.outside.environment ? attempt.outside.environment(name).value_or("") : std::string();
  };
  const auto collection = variable("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI");
  const auto project = variable("SYSTEM_TEAMPROJECTID");
  const auto hub = variable("SYSTEM_HOSTTYPE");
  const auto plan = variable("SYSTEM_PLANID");
  const auto job = variable("SYSTEM_JOBID");
  const core::SecretString token(variable("SYSTEM_ACCESSTOKEN"));
  if (token.empty() || collection.empty() || project.empty() || hub.empty() || plan.empty() || job.empty())
    return notConfigured("needs a job of Azure DevOps with SYSTEM_ACCESSTOKEN and its other SYSTEM_ variables");

  auto address = TROWEL_TRY(parseWebAddress(collection, "The variable SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"));
  if (!address.target.ends_with('/')) address.target += '/';
  address.target += core::percentEncode(project) + "/_apis/distributedtask/hubs/" + core::percentEncode(hub) +
                    "/plans/" + core::percentEncode(plan) + "/jobs/" + core::percentEncode(job) +
                    "/oidctoken?api-version=7.2-preview.1";
  WebQuestion question{.address = std::move(address),
                       .method = "POST",
                       .headers = {{"Content-Type", "application/json"}},
                       .authorization = core::SecretString("Bearer " + token.reveal())};
  auto identity = [question, outside = attempt.outside](
                      const std::string& /*audience*/,
                      const core::CancelToken& cancel) -> core::Result<core::SecretString> {
    auto answer = TROWEL_TRY(askJson(question, "Azure DevOps", outside, cancel));
    core::SecretString given(core::stringAt(answer, "oidcToken"));
    if (given.empty()) return core::fail(core::ErrorCode::DataLoss, "Azure DevOps answered without a token.");
    return given;
  };
  return federate(attempt, "azure-devops-oidc", std::move(identity));
}

}  // namespace trowel::auth
