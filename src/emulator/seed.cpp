// SPDX-License-Identifier: Apache-2.0
#include "emulator/seed.hpp"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "emulator/embedded_files.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Sections whose elements are the bodies of one request each; `id` is the field of the answer that "as" gives a name.
struct Section {
  const char* name;
  const char* path;
  const char* id;
};
constexpr Section kSections[] = {
    {"policies", "/api/2.0/policies/clusters/create", "policy_id"},
    {"pools", "/api/2.0/instance-pools/create", "instance_pool_id"},
    {"warehouses", "/api/2.0/sql/warehouses", "id"},
    {"jobs", "/api/2.2/jobs/create", "job_id"},
    {"runs", "/api/2.2/jobs/run-now", "run_id"},
    {"pipelines", "/api/2.0/pipelines", "pipeline_id"},
    {"dashboards", "/api/2.0/lakeview/dashboards", "dashboard_id"},
    {"apps", "/api/2.0/apps", "name"},
    {"repos", "/api/2.0/repos", "id"},
};

class Sower {
 public:
  Sower(const Seed& seed, const std::string& userName, const SeedTarget& target)
      : seed_(seed), userName_(userName), target_(target) {}

  core::Result<void> sow() {
    TROWEL_TRY(checkSections());
    TROWEL_TRY(each("users", [this](const Json& user) { return addUser(user); }));
    TROWEL_TRY(each("workspace", [this](const Json& object) { return addWorkspaceObject(object); }));
    TROWEL_TRY(each("dbfs", [this](const Json& file) { return addDbfsFile(file); }));
    TROWEL_TRY(each("volumes", [this](const Json& volume) { return addVolume(volume); }));
    TROWEL_TRY(each("secrets", [this](const Json& scope) { return addScope(scope); }));
    TROWEL_TRY(each("clusters", [this](const Json& cluster) { return addCluster(cluster); }));
    TROWEL_TRY(each("sql", [this](const Json& statement) { return runSql(statement); }));
    for (const auto& section : kSections)
      TROWEL_TRY(each(section.name, [&](const Json& body) { return create(section, body); }));
    return {};
  }

 private:
  using Action = std::function<core::Result<void>(const Json&)>;

  core::Result<void> checkSections() {
    if (!seed_.description->is_object()) return wrong("A seed must be one JSON object.");
    for (const auto& [name, value] : seed_.description->items()) {
      bool known = name == "users" || name == "workspace" || name == "dbfs" || name == "volumes" || name == "secrets" ||
                   name == "clusters" || name == "sql";
      for (const auto& section : kSections) known = known || name == section.name;
      if (!known) return wrong("There is no section of this name: " + name);
      if (!value.is_array()) return wrong("The section " + name + " must be an array.");
    }
    return {};
  }

  core::Result<void> each(const std::string& section, const Action& action) {
    std::size_t index = 0;
    for (const auto& element : core::arrayAt(*seed_.description, section.c_str())) {
      place_ = section + "[" + std::to_string(index++) + "]";
      TROWEL_TRY(action(resolve(element)));
    }
    return {};
  }

  // {user} within strings, and strings "$NAME" for what an earlier element was named.
  Json resolve(const Json& value) const {
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      if (auto it = names_.find(text); it != names_.end()) return it->second;
      return core::replaceAll(text, "{user}", userName_);
    }
    if (!value.is_structured()) return value;
    Json resolved = value;
    for (auto& member : resolved) member = resolve(member);
    return resolved;
  }

  core::Result<void> addUser(const Json& user) {
    auto name = TROWEL_TRY(text(user, "name"));
    auto token = TROWEL_TRY(text(user, "token"));
    target_.addUser(name, core::boolAt(user, "admin"), core::SecretString(token));
    return {};
  }

  core::Result<void> addWorkspaceObject(const Json& object) {
    auto path = TROWEL_TRY(text(object, "path"));
    if (path.ends_with('/')) return post("/api/2.0/workspace/mkdirs", {{"path", path.substr(0, path.size() - 1)}});
    auto bytes = TROWEL_TRY(content(object));
    TROWEL_TRY(post("/api/2.0/workspace/mkdirs", {{"path", path.substr(0, path.rfind('/'))}}));
    return post(
        "/api/2.0/workspace/import",
        {{"path", path}, {"format", core::stringAt(object, "format", "AUTO")}, {"content", core::toBase64(bytes)}});
  }

  core::Result<void> addDbfsFile(const Json& file) {
    auto path = TROWEL_TRY(text(file, "path"));
    auto bytes = TROWEL_TRY(content(file));
    return post("/api/2.0/dbfs/put", {{"path", path}, {"contents", core::toBase64(bytes)}});
  }

  core::Result<void> addVolume(const Json& volume) {
    auto name = TROWEL_TRY(text(volume, "name"));
    auto parts = core::split(name, '.');
    if (parts.size() != 3) return wrong("The name of a volume is catalog.schema.volume.");
    TROWEL_TRY(
        post("/api/2.1/unity-catalog/volumes",
             {{"catalog_name", parts[0]}, {"schema_name", parts[1]}, {"name", parts[2]}, {"volume_type", "MANAGED"}}));
    std::string root = "/api/2.0/fs/files/Volumes/" + core::replaceAll(name, ".", "/") + "/";
    for (const auto& file : core::arrayAt(volume, "files")) {
      auto path = TROWEL_TRY(text(file, "path"));
      auto bytes = TROWEL_TRY(content(file));
      TROWEL_TRY(send("PUT", root + core::percentEncode(path, "/"), bytes, "application/octet-stream"));
    }
    return {};
  }

  core::Result<void> addScope(const Json& scope) {
    auto name = TROWEL_TRY(text(scope, "scope"));
    TROWEL_TRY(post("/api/2.0/secrets/scopes/create", {{"scope", name}}));
    for (const auto& [key, value] : core::objectAt(scope, "values").items())
      TROWEL_TRY(post("/api/2.0/secrets/put", {{"scope", name}, {"key", key}, {"string_value", value}}));
    for (const auto& [principal, permission] : core::objectAt(scope, "acls").items())
      TROWEL_TRY(
          post("/api/2.0/secrets/acls/put", {{"scope", name}, {"principal", principal}, {"permission", permission}}));
    return {};
  }

  core::Result<void> addCluster(Json cluster) {
    auto id = TROWEL_TRY(text(cluster, "cluster_id"));
    bool running = core::stringAt(cluster, "state") == "RUNNING";
    cluster.erase("cluster_id");
    cluster.erase("state");
    target_.addCluster(id, cluster, running);
    return {};
  }

  core::Result<void> runSql(const Json& statement) {
    if (!statement.is_string()) return wrong("A statement must be a string.");
    auto done = target_.runSql(statement.get<std::string>());
    return done ? done : wrong(done.error().message);
  }

  core::Result<void> create(const Section& section, Json body) {
    std::string name = core::stringAt(body, "as");
    if (body.is_object()) body.erase("as");
    auto answer = TROWEL_TRY(send("POST", section.path, core::dumpJson(body), "application/json"));
    if (!name.empty() && answer.is_object() && answer.contains(section.id)) names_["$" + name] = answer[section.id];
    return {};
  }

  core::Result<void> post(const std::string& path, const Json& body) {
    TROWEL_TRY(send("POST", path, core::dumpJson(body), "application/json"));
    return {};
  }

  core::Result<Json> send(const std::string& method, const std::string& path, std::string body, std::string type) {
    Request request;
    request.method = method;
    request.path = path;
    request.body = std::move(body);
    request.headers = {{"content-type", std::move(type)}};
    Response response = target_.send(request);
    auto answer = core::parseJson(response.body.empty() ? "{}" : response.body);
    if (response.status < 300) return answer;
    // Somebody has been here before: this seed, cut off, or the user.
    std::string code = answer ? core::stringAt(*answer, "error_code") : "";
    if (response.status == 409 || code.ends_with("ALREADY_EXISTS")) return Json::object();
    return wrong(method + " " + path + " answers " + std::to_string(response.status) + ": " +
                 (answer ? core::stringAt(*answer, "message") : response.body));
  }

  core::Result<std::string> content(const Json& element) const {
    if (element.contains("content")) return text(element, "content");
    auto name = TROWEL_TRY(text(element, "file"));
    return seed_.file(name);
  }

  core::Result<std::string> text(const Json& element, const char* field) const {
    if (!element.is_object()) return wrong("An object was expected.");
    auto it = element.find(field);
    if (it == element.end() || !it->is_string()) return wrong("The field " + std::string(field) + " is missing.");
    return it->get<std::string>();
  }

  std::unexpected<core::Error> wrong(const std::string& why) const {
    return core::fail(core::ErrorCode::InvalidParams, "The seed cannot be used; " + place_ + ": " + why);
  }

  const Seed& seed_;
  const std::string& userName_;
  const SeedTarget& target_;
  std::string place_ = "its beginning";
  std::map<std::string, Json> names_;
};

core::Result<std::string> readAll(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  if (!in || !(bytes << in.rdbuf()))
    return core::fail(core::ErrorCode::NotFound,
                      "The file " + file.string() + " cannot be read. Check its name and whether you may read it.");
  return std::move(bytes).str();
}

core::Result<std::string> demoFile(const std::string& name) {
  for (const auto& file : embeddedFiles())
    if (file.path == "demo/" + name) return std::string(file.content);
  return core::fail(core::ErrorCode::NotFound, "The demo has no file " + name + ".");
}

}  // namespace

core::Result<Seed> readSeed(const std::filesystem::path& file) {
  auto text = TROWEL_TRY(readAll(file));
  auto description = core::parseJson(text);
  if (!description)
    return core::failBecause(description.error(), "The seed " + file.string() + " is not JSON. Correct it.");
  auto folder = file.parent_path();
  return Seed{.description = std::make_shared<const Json>(*std::move(description)),
              .file = [folder](const std::string& name) { return readAll(folder / name); }};
}

core::Result<Seed> demoSeed() {
  auto text = TROWEL_TRY(demoFile("workspace.json"));
  auto description = TROWEL_TRY(core::parseJson(text));
  return Seed{.description = std::make_shared<const Json>(std::move(description)), .file = demoFile};
}

core::Result<void> applySeed(const Seed& seed, const std::string& userName, const SeedTarget& target) {
  return Sower(seed, userName, target).sow();
}

}  // namespace trowel::emulator
