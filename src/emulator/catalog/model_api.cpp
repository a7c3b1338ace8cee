// SPDX-License-Identifier: Apache-2.0
// Versions and aliases of registered models, and the two calls by which MLflow makes a version.
#include <functional>
#include <nlohmann/json.hpp>

#include "emulator/catalog/catalog_api.hpp"
#include "emulator/server/paging.hpp"
#include "emulator/server/respond.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

const std::string kModel = "/api/2.1/unity-catalog/models/{name}";
const std::string kMlflow = "/api/2.0/mlflow/unity-catalog/model-versions/";

// A version as MLflow's own API describes it.
Json mlflowVersion(const std::string& model, const Json& version) {
  return {{"model_version",
           {{"name", model},
            {"version", std::to_string(core::intAt(version, "version"))},
            {"source", core::stringAt(version, "source")},
            {"run_id", core::stringAt(version, "run_id")},
            {"description", core::stringAt(version, "comment")},
            {"user_id", core::stringAt(version, "created_by")},
            {"status", core::stringAt(version, "status")},
            {"storage_location", core::stringAt(version, "storage_location")},
            {"creation_timestamp", core::intAt(version, "created_at")},
            {"last_updated_timestamp", core::intAt(version, "updated_at")}}}};
}

Reply<Response> listVersions(const ModelVersions& versions, const std::string& model, const Call& call) {
  auto all = versions.all(model);
  Page page = TROWEL_TRY(readPage(call, "max_results", 100, 1000));
  Json answer = Json::object();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i)
    answer["model_versions"].push_back(std::move(all[i]));
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

}  // namespace

void addModelRoutes(Router& router, Metastore& metastore) {
  ModelVersions& versions = metastore.modelVersions();
  using Act = std::function<Reply<Response>(const std::string& model, const Call&)>;
  auto read = [&](const std::string& end, Act act) {
    router.add("GET", kModel + end, [&metastore, act = std::move(act)](const Call& call) -> Reply<Response> {
      TROWEL_TRY(metastore.get(securable::kModel, call.path("name")));
      return act(core::toLower(call.path("name")), call);
    });
  };
  auto change = [&](const char* method, const std::string& end, Act act) {
    router.add(method, kModel + end, [&metastore, act = std::move(act)](const Call& call) -> Reply<Response> {
      TROWEL_TRY(metastore.requireChange(securable::kModel, call.path("name"), call.caller(), "MANAGE"));
      return act(core::toLower(call.path("name")), call);
    });
  };
  auto mlflow = [&](const char* action, Act act) {
    router.add("POST", kMlflow + action, [&metastore, act = std::move(act)](const Call& call) -> Reply<Response> {
      auto name = TROWEL_TRY(call.required("name"));
      TROWEL_TRY(metastore.requireChange(securable::kModel, name, call.caller(), "CREATE_MODEL_VERSION"));
      return act(core::toLower(name), call);
    });
  };
  read("/versions", [&](const std::string& model, const Call& call) { return listVersions(versions, model, call); });
  read("/versions/{version}", [&](const std::string& model, const Call& call) {
    return respond(versions.get(model, call.path("version"), call.flag("include_aliases")));
  });
  read("/aliases/{alias}", [&](const std::string& model, const Call& call) {
    return respond(versions.byAlias(model, call.path("alias"), call.flag("include_aliases")));
  });
  change("PATCH", "/versions/{version}", [&](const std::string& model, const Call& call) {
    return respond(versions.change(model, call.path("version"), call.params(), call.caller().name));
  });
  change("DELETE", "/versions/{version}", [&](const std::string& model, const Call& call) {
    return respond(versions.remove(model, call.path("version")));
  });
  change("PUT", "/aliases/{alias}", [&](const std::string& model, const Call& call) -> Reply<Response> {
    TROWEL_TRY(call.required("version_num"));
    return respond(versions.setAlias(model, call.path("alias"), call.number("version_num")));
  });
  change("DELETE", "/aliases/{alias}", [&](const std::string& model, const Call& call) {
    return respond(versions.removeAlias(model, call.path("alias")));
  });
  mlflow("create", [&](const std::string& model, const Call& call) -> Reply<Response> {
    Json given = call.params();
    given["comment"] = call.text("description");
    auto made = TROWEL_TRY(versions.create(model, given, metastore.id(), call.caller().name));
    return jsonResponse(mlflowVersion(model, made));
  });
  mlflow("finalize", [&](const std::string& model, const Call& call) -> Reply<Response> {
    auto version = TROWEL_TRY(call.required("version"));
    auto ready = TROWEL_TRY(versions.finalize(model, version));
    return jsonResponse(mlflowVersion(model, ready));
  });
}

}  // namespace trowel::emulator
