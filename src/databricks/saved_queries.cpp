// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/saved_queries.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

template <typename T>
T readSaved(const core::Json& json) {
  T saved;
  saved.id = core::stringAt(json, "id");
  saved.name = core::stringAt(json, "display_name");
  saved.owner = core::stringAt(json, "owner_user_name");
  saved.lifecycleState = core::stringAt(json, "lifecycle_state");
  saved.parentPath = core::stringAt(json, "parent_path");
  saved.createdAt = timeAt(json, "create_time");
  saved.updatedAt = timeAt(json, "update_time");
  saved.document = documentOf(json);
  return saved;
}

SavedQuery readQuery(const core::Json& json) {
  auto query = readSaved<SavedQuery>(json);
  query.text = core::stringAt(json, "query_text");
  query.description = core::stringAt(json, "description");
  query.warehouseId = core::stringAt(json, "warehouse_id");
  query.catalog = core::stringAt(json, "catalog");
  query.schema = core::stringAt(json, "schema");
  return query;
}

Alert readAlert(const core::Json& json) {
  auto alert = readSaved<Alert>(json);
  alert.queryId = core::stringAt(json, "query_id");
  alert.state = core::stringAt(json, "state");
  return alert;
}

AlertV2 readAlertV2(const core::Json& json) {
  auto alert = readSaved<AlertV2>(json);
  alert.text = core::stringAt(json, "query_text");
  alert.warehouseId = core::stringAt(json, "warehouse_id");
  return alert;
}

// The five calls of a kind.
template <typename T>
struct Kind {
  Call list;
  Call get;
  Call create;
  Call update;
  Call trash;
  T (*read)(const core::Json&) = nullptr;
  const char* wrapper = nullptr;  // a field around what is sent
};

template <typename T>
constexpr Kind<T> kKind{};

template <>
constexpr Kind<SavedQuery> kKind<SavedQuery>{
    .list = {Verb::Get, "/api/2.0/sql/queries", Safety::Safe, byToken("results")},
    .get = {Verb::Get, "/api/2.0/sql/queries/{id}", Safety::Safe},
    .create = {Verb::Post, "/api/2.0/sql/queries", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.0/sql/queries/{id}", Safety::Safe},
    .trash = {Verb::Delete, "/api/2.0/sql/queries/{id}", Safety::Safe},
    .read = &readQuery,
    .wrapper = "query"};

template <>
constexpr Kind<Alert> kKind<Alert>{.list = {Verb::Get, "/api/2.0/sql/alerts", Safety::Safe, byToken("results")},
                                   .get = {Verb::Get, "/api/2.0/sql/alerts/{id}", Safety::Safe},
                                   .create = {Verb::Post, "/api/2.0/sql/alerts", Safety::Unsafe},
                                   .update = {Verb::Patch, "/api/2.0/sql/alerts/{id}", Safety::Safe},
                                   .trash = {Verb::Delete, "/api/2.0/sql/alerts/{id}", Safety::Safe},
                                   .read = &readAlert,
                                   .wrapper = "alert"};

template <>
constexpr Kind<AlertV2> kKind<AlertV2>{
    .list = {Verb::Get, "/api/2.0/alerts", Safety::Safe, byToken("alerts")},
    .get = {Verb::Get, "/api/2.0/alerts/{id}", Safety::Safe},
    .create = {Verb::Post, "/api/2.0/alerts", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.0/alerts/{id}?update_mask={update_mask}", Safety::Safe},
    .trash = {Verb::Delete, "/api/2.0/alerts/{id}", Safety::Safe},
    .read = &readAlertV2};

constexpr int kPageSize = 100;  // the most that the API gives

core::Json wrapped(const char* wrapper, const core::Json& sent) {
  return wrapper == nullptr ? sent : core::Json{{wrapper, sent}};
}

std::string maskOf(const core::Json& changes) {
  std::string mask;
  for (const auto& [name, value] : changes.items()) mask += (mask.empty() ? "" : ",") + name;
  return mask;
}

}  // namespace

template <typename T>
Listing<T> SavedSqlService<T>::list(const CallOptions& options) const {
  return rest_.list(kKind<T>.list, {{"page_size", kPageSize}}, kKind<T>.read, options);
}

template <typename T>
core::Result<T> SavedSqlService<T>::get(std::string_view id, const CallOptions& options) const {
  return kKind<T>.read(TROWEL_TRY(rest_.call(kKind<T>.get, {{"id", id}}, options)));
}

template <typename T>
core::Result<T> SavedSqlService<T>::create(const core::Json& definition, const CallOptions& options) const {
  auto params = wrapped(kKind<T>.wrapper, definition);
  return kKind<T>.read(TROWEL_TRY(rest_.call(kKind<T>.create, params, options)));
}

template <typename T>
core::Result<T> SavedSqlService<T>::update(std::string_view id, const core::Json& changes,
                                           const CallOptions& options) const {
  auto params = wrapped(kKind<T>.wrapper, changes);
  params["id"] = id;
  params["update_mask"] = maskOf(changes);
  return kKind<T>.read(TROWEL_TRY(rest_.call(kKind<T>.update, params, options)));
}

template <typename T>
core::Result<void> SavedSqlService<T>::trash(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kKind<T>.trash, {{"id", id}}, options));
  return {};
}

template class SavedSqlService<SavedQuery>;
template class SavedSqlService<Alert>;
template class SavedSqlService<AlertV2>;

}  // namespace trowel::databricks
