// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/instance_profiles.hpp"

#include <nlohmann/json.hpp>

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/instance-profiles/list", Safety::Safe, inOnePage("instance_profiles")};

InstanceProfile readProfile(const core::Json& json) {
  InstanceProfile profile;
  profile.arn = core::stringAt(json, "instance_profile_arn");
  profile.roleArn = core::stringAt(json, "iam_role_arn");
  profile.meta = core::boolAt(json, "is_meta_instance_profile");
  return profile;
}

}  // namespace

Listing<InstanceProfile> InstanceProfiles::list(const CallOptions& options) const {
  return rest_.list(kList, {}, &readProfile, options);
}

}  // namespace trowel::databricks
