// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/run_api.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "emulator/jobs/array_pages.hpp"
#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/job_api.hpp"
#include "emulator/jobs/legacy_settings.hpp"
#include "emulator/jobs/run_parameters.hpp"
#include "emulator/jobs/settings_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Response> runNow(RunApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  TROWEL_TRY(checkRunParameters(call.params()));
  TROWEL_TRY(api.jobs.check(call.caller(), id, JobRight::ManageRun));
  Job job = TROWEL_TRY(api.jobs.get(id));
  if (core::arrayAt(*job.settings, "tasks").empty())
    return invalidParameter(fmt::format("Job {} does not have any tasks.", id));
  RunRequest request = runOf(job, call.caller().name, "ONE_TIME", call.params());
  request.run.only = TROWEL_TRY(selectTasks(call.texts("only"), *job.settings));
  auto run = TROWEL_TRY(api.engine.start(std::move(request)));
  return jsonResponse({{"run_id", run}, {"number_in_job", run}});
}

Reply<Response> submit(RunApi& api, const Call& call) {
  TROWEL_TRY(checkRunParameters(call.params()));
  if (apiVersion(call) == 20) TROWEL_TRY(checkLegacy(call.params()));
  Json settings = apiVersion(call) < 22 ? fromLegacy(call.params()) : call.params();
  RunRequest request;
  JobRun& run = request.run;
  run.jobId = api.world.ids.large();
  run.type = "SUBMIT_RUN";
  run.creator = call.caller().name;
  run.settings = TROWEL_TRY(api.jobs.admitOnce(std::move(settings), call.caller()));
  run.name = core::stringAt(*run.settings, "run_name");
  run.runAs = runAsOf(*run.settings, run.creator);
  run.idempotencyToken = call.text("idempotency_token");
  const Json& list = TROWEL_TRY(accessControlList(call)).get();
  auto id = TROWEL_TRY(api.engine.startOnce(std::move(request), list));
  return jsonResponse({{"run_id", id}});
}

Reply<Response> cancel(RunApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "run_id"));
  TROWEL_TRY(runOfCall(api, call, JobRight::ManageRun));
  TROWEL_TRY(api.engine.cancel(id));
  return emptyResponse();
}

Reply<Response> cancelAll(RunApi& api, const Call& call) {
  bool queued = call.flag("all_queued_runs");
  if (!has(call.params(), "job_id")) {
    if (!queued) return missingField("job_id");
    if (!call.caller().admin)
      return refuse(403, "PERMISSION_DENIED", "Only an administrator can cancel the queued runs of all jobs.");
    api.engine.cancelAll(0, true);
    return emptyResponse();
  }
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  TROWEL_TRY(api.jobs.check(call.caller(), id, JobRight::ManageRun));
  TROWEL_TRY(api.jobs.get(id));
  api.engine.cancelAll(id, queued);
  return emptyResponse();
}

Reply<Response> remove(RunApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "run_id"));
  TROWEL_TRY(runOfCall(api, call, JobRight::Manage));
  TROWEL_TRY(api.engine.remove(id));
  return emptyResponse();
}

Reply<Response> repair(RunApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "run_id"));
  TROWEL_TRY(checkRunParameters(call.params()));
  static constexpr FieldRule kRepair[] = {{"rerun_tasks", Shape::Texts},
                                          {"rerun_all_failed_tasks", Shape::Flag},
                                          {"rerun_dependent_tasks", Shape::Flag},
                                          {"latest_repair_id", Shape::Number}};
  TROWEL_TRY(checkFields(call.params(), kRepair, ""));
  TROWEL_TRY(runOfCall(api, call, JobRight::ManageRun));
  auto repairId = TROWEL_TRY(api.engine.repair(id, call.params()));
  return jsonResponse({{"repair_id", repairId}});
}

}  // namespace

Reply<void> checkRunRight(RunApi& api, const User& user, const JobRun& run, JobRight right) {
  if (run.type != "JOB_RUN" && run.creator == user.name) return {};
  return api.jobs.check(user, run.jobId, right);
}

Reply<JobRun> runOfCall(RunApi& api, const Call& call, JobRight right) {
  auto id = TROWEL_TRY(requiredId(call, "run_id"));
  auto run = api.engine.find(id);
  if (!run) return invalidParameter(fmt::format("Run {} does not exist.", id));
  TROWEL_TRY(checkRunRight(api, call.caller(), *run, right));
  return *std::move(run);
}

void addRunRoutes(Router& router, RunApi& api) {
  for (std::string version : {"2.0", "2.1", "2.2"}) {
    std::string root = "/api/" + version + "/jobs/";
    auto add = [&](const char* name, auto endpoint) {
      router.add("POST", root + name, [&api, endpoint](const Call& call) { return endpoint(api, call); });
    };
    add("run-now", runNow);
    add("runs/submit", submit);
    add("runs/cancel", cancel);
    add("runs/cancel-all", cancelAll);
    add("runs/delete", remove);
    add("runs/repair", repair);
    addRunReadRoutes(router, api, root);
  }
}

}  // namespace trowel::emulator
