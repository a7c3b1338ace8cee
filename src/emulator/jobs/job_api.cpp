// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/job_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <span>

#include "emulator/jobs/array_pages.hpp"
#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/legacy_settings.hpp"
#include "emulator/jobs/settings_change.hpp"
#include "emulator/jobs/settings_rules.hpp"
#include "emulator/server/paging.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kListLimit = 20;
constexpr std::int64_t kMaxListLimit = 100;

// Settings as a client of this version sends them: 2.2 knows tasks[] only.
Json settingsFrom(const Call& call, Json settings) {
  return apiVersion(call) < 22 ? fromLegacy(std::move(settings)) : settings;
}

Reply<Json> newSettings(const Call& call, bool needed) {
  auto it = call.params().find("new_settings");
  if (it == call.params().end() || it->is_null()) {
    if (needed) return missingField("new_settings");
    return Json::object();
  }
  if (!it->is_object())
    return malformedRequest("Could not parse request object: Expected 'START_OBJECT' for field new_settings");
  return *it;
}

Json head(const Job& job) {
  return {{"job_id", job.id}, {"creator_user_name", job.creator}, {"created_time", job.createdTime}};
}

Reply<Response> create(JobApi& api, const Call& call) {
  if (apiVersion(call) == 20) TROWEL_TRY(checkLegacy(call.params()));
  Json settings = settingsFrom(call, call.params());
  const Json& list = TROWEL_TRY(accessControlList(call)).get();
  auto id = TROWEL_TRY(api.store.create(settings, call.caller(), list));
  return jsonResponse({{"job_id", id}});
}

Reply<Response> get(JobApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  TROWEL_TRY(api.store.check(call.caller(), id, JobRight::View));
  Job job = TROWEL_TRY(api.store.get(id));
  Json answer = head(job);
  answer["run_as_user_name"] = job.runAs();
  Json settings = apiVersion(call) == 20 ? toLegacy(*job.settings) : *job.settings;
  TROWEL_TRY(pageArrays(call, settings, kJobArrays, answer));
  answer["settings"] = std::move(settings);
  return jsonResponse(answer);
}

// In a list tasks and clusters come only on demand, and then no more than a hundred.
std::string expandedItem(const Job& job) {
  Json item = head(job);
  Json settings = *job.settings;
  if (cutArrays(settings, kJobArrays)) item["has_more"] = true;
  item["settings"] = std::move(settings);
  return core::dumpJson(item);
}

// Ids, newest first.
std::vector<std::int64_t> visibleJobs(JobApi& api, const Call& call) {
  auto ids = api.store.ids();
  const std::string name = call.text("name");
  std::erase_if(ids, [&](std::int64_t id) {
    if (!name.empty()) {
      const auto job = api.store.find(id);
      if (!job || !core::equalsIgnoreCase(job->name(), name)) return true;
    }
    return !api.store.check(call.caller(), id, JobRight::View);
  });
  return ids;
}

// Pages by token, or as older clients do by offset.
Reply<Page> listPage(const Call& call) {
  auto limit = TROWEL_TRY(optionalNumber(call, "limit", kListLimit));
  if (limit < 0 || limit > kMaxListLimit)
    return invalidParameter(fmt::format("Invalid limit {}. The limit must be between 1 and {}.", limit, kMaxListLimit));
  Page page = TROWEL_TRY(readPage(call, "limit", kListLimit, kMaxListLimit));
  auto offset = TROWEL_TRY(optionalNumber(call, "offset"));
  if (offset < 0) return invalidParameter("offset must not be negative.");
  if (call.text("page_token").empty()) page.offset = static_cast<std::size_t>(offset);
  return page;
}

// Who may see every job is shown a page without a look at the rest of them.
JobStore::Slice jobsOf(JobApi& api, const Call& call, const Page& page) {
  if (call.caller().admin && call.text("name").empty()) return api.store.slice(page.offset, page.size);
  auto ids = visibleJobs(api, call);
  const auto total = ids.size();
  ids.resize(page.end(total));
  ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(page.begin(total)));
  return {.ids = std::move(ids), .total = total};
}

Reply<Response> list(JobApi& api, const Call& call) {
  Page page = TROWEL_TRY(listPage(call));
  const auto [shown, total] = jobsOf(api, call, page);
  std::string items;
  if (!call.flag("expand_tasks")) {
    items = api.store.listed(shown);
  } else {
    for (const auto id : shown)
      if (const auto job = api.store.find(id)) items.append(items.empty() ? "" : ",").append(expandedItem(*job));
  }
  Json answer{{"has_more", page.end(total) < total}};
  setNextPage(answer, page, total);
  if (page.offset > 0) answer["prev_page_token"] = pageToken(page.offset - std::min(page.offset, page.size));
  auto response = jsonResponse(answer);
  if (!items.empty()) {
    response.body.pop_back();
    response.body.append(",\"jobs\":[").append(items).append("]}");
  }
  return response;
}

Reply<Response> listAll(JobApi& api, const Call& call) {
  Json items = Json::array();
  for (const auto id : visibleJobs(api, call)) {
    const auto job = api.store.find(id);
    if (!job) continue;
    Json item = head(*job);
    item["settings"] = toLegacy(*job->settings);
    items.push_back(std::move(item));
  }
  return jsonResponse(items.empty() ? Json::object() : Json{{"jobs", std::move(items)}});
}

Reply<Response> reset(JobApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  Json given = TROWEL_TRY(newSettings(call, true));
  Json replacement = settingsFrom(call, std::move(given));
  TROWEL_TRY(api.store.check(call.caller(), id, JobRight::Manage));
  TROWEL_TRY(
      api.store.change(id, call.caller(), [&](const Json& settings) { return resetSettings(settings, replacement); }));
  return emptyResponse();
}

Reply<Response> update(JobApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  Json changes = TROWEL_TRY(newSettings(call, false));
  auto remove = call.texts("fields_to_remove");
  TROWEL_TRY(api.store.check(call.caller(), id, JobRight::Manage));
  TROWEL_TRY(api.store.change(id, call.caller(), [&](const Json& settings) {
    bool flat = apiVersion(call) < 22 && core::stringAt(settings, "format") == "SINGLE_TASK" && !has(changes, "tasks");
    return flat ? fromLegacy(updatedSettings(toLegacy(settings), changes, remove))
                : updatedSettings(settings, changes, remove);
  }));
  return emptyResponse();
}

Reply<Response> remove(JobApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  TROWEL_TRY(api.store.check(call.caller(), id, JobRight::Manage));
  TROWEL_TRY(api.store.remove(id));
  api.deleted(id);
  return emptyResponse();
}

}  // namespace

Reply<std::int64_t> requiredId(const Call& call, const char* field) {
  std::string text = TROWEL_TRY(call.required(field));
  std::int64_t id = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || end != text.data() + text.size())
    return invalidParameter(fmt::format("Invalid {}: {}", field, core::toValidUtf8(text)));
  return id;
}

Reply<std::int64_t> optionalNumber(const Call& call, const char* field, std::int64_t fallback) {
  auto it = call.params().find(field);
  bool absent =
      it == call.params().end() || it->is_null() || (it->is_string() && it->get_ref<const std::string&>().empty());
  return absent ? Reply<std::int64_t>(fallback) : requiredId(call, field);
}

Reply<std::reference_wrapper<const Json>> accessControlList(const Call& call) {
  static constexpr FieldRule kList[] = {{"access_control_list", Shape::Objects}};
  TROWEL_TRY(checkFields(call.params(), kList, ""));
  return core::arrayAt(call.params(), "access_control_list");
}

void addJobRoutes(Router& router, JobApi& api) {
  for (std::string version : {"2.0", "2.1", "2.2"}) {
    std::string root = "/api/" + version + "/jobs/";
    auto add = [&](const char* method, const char* name, auto endpoint) {
      router.add(method, root + name, [&api, endpoint](const Call& call) { return endpoint(api, call); });
    };
    add("POST", "create", create);
    add("GET", "get", get);
    add("GET", "list", version == "2.0" ? listAll : list);
    add("POST", "reset", reset);
    add("POST", "update", update);
    add("POST", "delete", remove);
  }
}

}  // namespace trowel::emulator
