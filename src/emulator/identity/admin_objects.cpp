// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/admin_objects.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/state/ids.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxScript = 64UL * 1024;  // bytes

Reply<void> adminOnly(const Call& call) {
  if (call.caller().admin) return {};
  return permissionDenied("Only workspace administrators may do this.");
}

// "10.0.0.0/8" or "10.1.2.3".
bool isAddress(std::string_view text) {
  auto slash = text.find('/');
  auto numberUpTo = [](std::string_view digits, int limit) {
    if (digits.empty() || digits.size() > 3 || digits.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    return std::stoi(std::string(digits)) <= limit;
  };
  if (slash != std::string_view::npos && !numberUpTo(text.substr(slash + 1), 32)) return false;
  auto parts = core::split(text.substr(0, slash), '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [&](auto part) { return numberUpTo(part, 255); });
}

// Takes over what the call says of an IP access list; with `whole` all of it must be there.
Reply<void> readIpAccessList(const Call& call, bool whole, Json& list) {
  for (const char* field : {"label", "list_type"}) {
    if (std::string value = call.text(field); !value.empty())
      list[field] = value;
    else if (whole)
      return missingField(field);
  }
  const std::string type = core::stringAt(list, "list_type");
  if (type != "ALLOW" && type != "BLOCK") return invalidParameter("list_type must be ALLOW or BLOCK.");
  auto addresses = call.texts("ip_addresses");
  if (addresses.empty() && whole) return missingField("ip_addresses");
  for (const auto& address : addresses)
    if (!isAddress(address)) return invalidParameter("Invalid IP address or CIDR: " + core::toValidUtf8(address));
  if (!addresses.empty()) {
    list["ip_addresses"] = addresses;
    list["address_count"] = addresses.size();
  }
  if (call.params().contains("enabled")) list["enabled"] = call.flag("enabled");
  return {};
}

Reply<void> readInitScript(const Call& call, Json& script) {
  if (std::string name = call.text("name"); !name.empty()) script["name"] = name;
  if (std::string content = call.text("script"); !content.empty()) {
    auto bytes = core::fromBase64(content);
    if (!bytes) return invalidParameter("The script must be Base64-encoded.");
    if (bytes->size() > kMaxScript) return invalidParameter("The script must not be larger than 64 KB.");
    script["script"] = content;
  }
  if (call.params().contains("enabled")) script["enabled"] = call.flag("enabled");
  if (call.params().contains("position")) {
    if (call.number("position") < 0) return invalidParameter("position must not be negative.");
    script["position"] = call.number("position");
  }
  return {};
}

}  // namespace

AdminObjects::AdminObjects(const World& world)
    : world_(world),
      ipAccessLists_(world.state, "ip_access_list"),
      initScripts_(world.state, "global_init_script"),
      instanceProfiles_(world.state, "instance_profile") {}

void AdminObjects::addRoutes(Router& router) {
  addIpAccessListRoutes(router);
  addInitScriptRoutes(router);
  addInstanceProfileRoutes(router);
}

void AdminObjects::addIpAccessListRoutes(Router& router) {
  const std::string all = "/api/2.0/ip-access-lists";
  const std::string one = all + "/{id}";
  auto stamp = [this](Json& list, const Call& call, const char* verb) {
    list[std::string(verb) + "_at"] = world_.now();
    list[std::string(verb) + "_by"] = std::stoll(call.caller().id);
  };
  router.add("GET", all, [this](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    Json lists = Json::array();
    for (auto& [id, list] : ipAccessLists_.all()) lists.push_back(std::move(list));
    return jsonResponse(lists.empty() ? Json::object() : Json{{"ip_access_lists", std::move(lists)}});
  });
  router.add("POST", all, [this, stamp](const Call& call) -> Reply<Response> {
    const std::string id = randomUuid();
    Json list{{"list_id", id}, {"enabled", true}};
    TROWEL_TRY(readIpAccessList(call, true, list));
    TROWEL_TRY(adminOnly(call));
    stamp(list, call, "created");
    stamp(list, call, "updated");
    ipAccessLists_.put(id, list);
    return jsonResponse({{"ip_access_list", list}});
  });
  router.add("GET", one, [this](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    auto list = ipAccessLists_.find(call.path("id"));
    if (!list) return doesNotExist("IP access list " + core::toValidUtf8(call.path("id")) + " does not exist.");
    return jsonResponse({{"ip_access_list", *list}});
  });
  for (const char* method : {"PUT", "PATCH"}) {
    bool whole = std::string_view(method) == "PUT";
    router.add(method, one, [this, whole, stamp](const Call& call) -> Reply<Response> {
      TROWEL_TRY(adminOnly(call));
      TROWEL_TRY(ipAccessLists_.change(call.path("id"), [&](Json& list) -> Reply<void> {
        if (list.is_null())
          return doesNotExist("IP access list " + core::toValidUtf8(call.path("id")) + " does not exist.");
        TROWEL_TRY(readIpAccessList(call, whole, list));
        stamp(list, call, "updated");
        return {};
      }));
      return jsonResponse(Json::object());
    });
  }
  router.add("DELETE", one, [this](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    if (!ipAccessLists_.remove(call.path("id")))
      return doesNotExist("IP access list " + core::toValidUtf8(call.path("id")) + " does not exist.");
    return emptyResponse();
  });
}

void AdminObjects::addInitScriptRoutes(Router& router) {
  const std::string all = "/api/2.0/global-init-scripts";
  const std::string one = all + "/{id}";
  auto notThere = [](const Call& call) {
    return doesNotExist("Global init script " + core::toValidUtf8(call.path("id")) + " does not exist.");
  };
  router.add("GET", all, [this](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    Json scripts = Json::array();
    for (auto& [id, script] : initScripts_.all()) {
      script.erase("script");  // comes with one script only
      scripts.push_back(std::move(script));
    }
    std::stable_sort(scripts.begin(), scripts.end(), [](const Json& a, const Json& b) {
      return core::intAt(a, "position") < core::intAt(b, "position");
    });
    return jsonResponse(scripts.empty() ? Json::object() : Json{{"scripts", std::move(scripts)}});
  });
  router.add("POST", all, [this](const Call& call) -> Reply<Response> {
    TROWEL_TRY(call.required("name"));
    TROWEL_TRY(call.required("script"));
    TROWEL_TRY(adminOnly(call));
    const std::string id = core::randomHex(8);
    Json script{{"script_id", id},
                {"enabled", false},
                {"position", initScripts_.size()},
                {"created_at", world_.now()},
                {"created_by", call.caller().name},
                {"updated_at", world_.now()},
                {"updated_by", call.caller().name}};
    TROWEL_TRY(readInitScript(call, script));
    initScripts_.put(id, script);
    return jsonResponse({{"script_id", id}});
  });
  router.add("GET", one, [this, notThere](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    auto script = initScripts_.find(call.path("id"));
    if (!script) return notThere(call);
    return jsonResponse(*script);
  });
  router.add("PATCH", one, [this, notThere](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    TROWEL_TRY(initScripts_.change(call.path("id"), [&](Json& script) -> Reply<void> {
      if (script.is_null()) return notThere(call);
      script["updated_at"] = world_.now();
      script["updated_by"] = call.caller().name;
      return readInitScript(call, script);
    }));
    return emptyResponse();
  });
  router.add("DELETE", one, [this, notThere](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    if (!initScripts_.remove(call.path("id"))) return notThere(call);
    return emptyResponse();
  });
}

void AdminObjects::addInstanceProfileRoutes(Router& router) {
  const std::string base = "/api/2.0/instance-profiles/";
  router.add("GET", base + "list", [this](const Call&) -> Reply<Response> {
    Json profiles = Json::array();
    for (auto& [arn, profile] : instanceProfiles_.all()) profiles.push_back(std::move(profile));
    return jsonResponse(profiles.empty() ? Json::object() : Json{{"instance_profiles", std::move(profiles)}});
  });
  for (bool fresh : {true, false}) {
    router.add("POST", base + (fresh ? "add" : "edit"), [this, fresh](const Call& call) -> Reply<Response> {
      auto arn = TROWEL_TRY(call.required("instance_profile_arn"));
      if (!arn.starts_with("arn:") || arn.find(":instance-profile/") == std::string::npos)
        return invalidParameter("Invalid instance profile ARN: " + core::toValidUtf8(arn));
      TROWEL_TRY(adminOnly(call));
      TROWEL_TRY(instanceProfiles_.change(arn, [&](Json& profile) -> Reply<void> {
        if (fresh && !profile.is_null())
          return alreadyExists("The instance profile " + core::toValidUtf8(arn) + " has already been added.");
        if (!fresh && profile.is_null())
          return doesNotExist("The instance profile " + core::toValidUtf8(arn) + " does not exist.");
        profile = {{"instance_profile_arn", arn}, {"is_meta_instance_profile", call.flag("is_meta_instance_profile")}};
        if (std::string role = call.text("iam_role_arn"); !role.empty()) profile["iam_role_arn"] = role;
        return {};
      }));
      return emptyResponse();
    });
  }
  router.add("POST", base + "remove", [this](const Call& call) -> Reply<Response> {
    auto arn = TROWEL_TRY(call.required("instance_profile_arn"));
    TROWEL_TRY(adminOnly(call));
    if (!instanceProfiles_.remove(arn))
      return doesNotExist("The instance profile " + core::toValidUtf8(arn) + " does not exist.");
    return emptyResponse();
  });
}

}  // namespace trowel::emulator
