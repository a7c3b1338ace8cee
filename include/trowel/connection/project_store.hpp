// SPDX-License-Identifier: Apache-2.0
// What the user chose for each project, kept outside of the project: nothing is written into anybody's repository.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"

namespace trowel::connection {

// A choice that stands beside a setting: it counts for as long as the setting says what it said when it was made. So a
// setting that comes with the repository can be overridden without writing into the repository.
struct Chosen {
  std::string value = {};
  std::string over = {};  // what the setting said; "source:…" what the source did

  const std::string& against(const std::string& setting) const { return over == setting ? value : setting; }

  // The same for what the connection's source may name as well, as a profile or the official extension does with a
  // cluster: the setting counts before the source, and the choice stands until one of them comes to say something else.
  // `source` is empty also while there is no connection, which says nothing.
  static Chosen instead(std::string value, const std::string& setting, const std::string& source);
  std::string against(const std::string& setting, const std::string& source) const;

  bool operator==(const Chosen&) const = default;
};

struct ProjectChoice {
  Chosen connection = {};  // id of an Offer
  Chosen cluster = {};
  Chosen warehouse = {};
  Chosen sqlCluster = {};                    // the one that the SQL browser asks
  std::vector<std::string> subfolders = {};  // relative paths that are projects of their own

  bool operator==(const ProjectChoice&) const = default;
};

// One small file a project, replaced atomically; of two windows that choose the same thing the last one wins. Any
// thread.
class ProjectStore {
 public:
  // `folder` need not exist.
  explicit ProjectStore(std::string folder) : folder_(std::move(folder)) {}

  // Empty where nothing was chosen or the file is damaged (which is logged). `project` is the project's path; "" is the
  // window without a folder.
  ProjectChoice read(const std::string& project) const;
  // Applies `change` to what is kept now, which another window may have changed since it was read. Of all windows of
  // the user one at a time does so, by a lock under the folder; waits for the others by `clock`.
  core::Result<void> update(const std::string& project, core::Clock& clock, const core::CancelToken& cancel,
                            const std::function<void(ProjectChoice&)>& change) const;

 private:
  core::Result<void> write(const std::string& project, const ProjectChoice& choice) const;
  std::string fileOf(const std::string& project) const;

  std::string folder_;
};

}  // namespace trowel::connection
