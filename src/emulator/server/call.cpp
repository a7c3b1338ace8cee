// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/call.hpp"

#include <nlohmann/json.hpp>

#include "emulator/server/multipart.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::string_view tokenName(const Json& value) {
  if (value.is_array()) return "START_ARRAY";
  if (value.is_string()) return "VALUE_STRING";
  if (value.is_boolean()) return value.get<bool>() ? "VALUE_TRUE" : "VALUE_FALSE";
  if (value.is_number_float()) return "VALUE_NUMBER_FLOAT";
  if (value.is_number()) return "VALUE_NUMBER_INT";
  return value.is_object() ? "START_OBJECT" : "VALUE_NULL";
}

bool isRaw(const Request& request) {
  auto type = core::toLower(request.header("content-type"));
  return type.starts_with("application/octet-stream");
}

// A query parameter that comes again makes a list.
Json queryObject(const Fields& query) {
  Json object = Json::object();
  for (const auto& [name, value] : query) {
    if (!object.contains(name)) {
      object[name] = value;
    } else if (object[name].is_array()) {
      object[name].push_back(value);
    } else {
      object[name] = Json::array({object[name], value});
    }
  }
  return object;
}

}  // namespace

std::string Call::text(const char* field, std::string_view fallback) const {
  return core::stringAt(params_, field, fallback);
}

std::int64_t Call::number(const char* field, std::int64_t fallback) const {
  return core::intAt(params_, field, fallback);
}

bool Call::flag(const char* field, bool fallback) const {
  auto it = params_.find(field);
  if (it == params_.end() || it->is_null()) return fallback;
  if (it->is_boolean()) return it->get<bool>();
  if (it->is_number_integer()) return it->get<std::int64_t>() != 0;
  return it->is_string() && core::equalsIgnoreCase(it->get_ref<const std::string&>(), "true");
}

std::vector<std::string> Call::texts(const char* field) const {
  std::vector<std::string> values;
  for (const std::string& name : {std::string(field), std::string(field) + "[]"}) {
    auto it = params_.find(name);
    if (it == params_.end()) continue;
    if (it->is_string()) values.push_back(it->get<std::string>());
    if (it->is_array())
      for (const auto& item : *it)
        if (item.is_string()) values.push_back(item.get<std::string>());
  }
  return values;
}

Reply<std::string> Call::required(const char* field) const {
  auto it = params_.find(field);
  if (it == params_.end() || it->is_null()) return missingField(field);
  if (it->is_object() || it->is_array())
    return malformedRequest("Could not parse request object: Expected 'VALUE_STRING' not '" +
                            std::string(tokenName(*it)) + "' for field " + field);
  std::string value = it->is_string() ? it->get<std::string>() : it->dump();
  if (value.empty()) return missingField(field);
  return value;
}

Response jsonResponse(const Json& body) { return {.body = core::dumpJson(body)}; }

Response emptyResponse() { return {.body = "{}"}; }

Reply<Json> mergeParams(const Request& request) {
  Json params = queryObject(request.query);
  if (isRaw(request) || core::trim(request.body).empty()) return params;
  if (request.method == "GET" && !request.query.empty()) return params;

  std::string_view type = request.header("content-type");
  if (core::toLower(type).starts_with("multipart/form-data")) {
    auto parts = parseMultipart(request.body, type);
    if (!parts) return malformedRequest("Could not parse the multipart/form-data body.");
    for (auto& part : *parts) {
      // The content of an import is binary here and base64 in the JSON form: one form behind this point.
      params[part.name] = part.name == "content" ? core::toBase64(part.content) : part.content;
    }
    return params;
  }
  // curl calls every body of --data a form, JSON as well.
  if (core::toLower(type).starts_with("application/x-www-form-urlencoded") &&
      !core::trim(request.body).starts_with('{')) {
    params.update(queryObject(parseQuery(core::trim(request.body))));
    return params;
  }
  auto body = core::parseJson(request.body);
  if (!body) return malformedRequest("Could not parse request object: " + body.error().message);
  if (!body->is_object())
    return malformedRequest("Could not parse request object: Expected 'START_OBJECT' not '" +
                            std::string(tokenName(*body)) + "'");
  params.update(*body);
  return params;
}

}  // namespace trowel::emulator
