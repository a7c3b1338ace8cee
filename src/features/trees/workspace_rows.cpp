// SPDX-License-Identifier: Apache-2.0
#include "workspace_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "features/files/file_uri.hpp"
#include "features/markdown_text.hpp"
#include "features/transfers/transfer_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using sync::SideState;

struct Kind {
  std::string_view type;  // as the workspace says it
  std::string_view context;
  std::string_view icon;
  std::string_view words;
};

constexpr std::array kKinds{
    Kind{"DIRECTORY", "folder", "folder", "Folder"},
    Kind{"REPO", "repo", "repo", "Git folder"},
    Kind{"NOTEBOOK", "notebook", "notebook", "Notebook"},
    Kind{"FILE", "file", "file", "File"},
    Kind{"LIBRARY", "library", "library", "Library"},
    Kind{"DASHBOARD", "dashboard", "dashboard", "Dashboard"},
    Kind{"QUERY", "query", "search", "Query"},
    Kind{"ALERT", "alert", "bell", "Alert"},
    Kind{"MLFLOW_EXPERIMENT", "experiment", "beaker", "MLflow experiment"},
};
constexpr Kind kOther{"", "other", "question", "Object"};

struct Language {
  std::string_view name;  // as the workspace says it
  std::string_view icon;
  std::string_view words;
};

constexpr std::array kLanguages{
    Language{"PYTHON", "trowel-notebook-python", "Python"},
    Language{"SQL", "trowel-notebook-sql", "SQL"},
    Language{"SCALA", "trowel-notebook-scala", "Scala"},
    Language{"R", "trowel-notebook-r", "R"},
};

struct Look {
  const char* badge;
  const char* color;
  const char* words;
};

Look lookOf(SideState state) {
  switch (state) {
    case SideState::OnlyThere:
      return {"○", "descriptionForeground", "only in the workspace"};
    case SideState::OnlyHere:
      return {"+", "gitDecoration.untrackedResourceForeground", "only here"};
    case SideState::LocalChanged:
      return {"↑", "gitDecoration.modifiedResourceForeground", "newer here"};
    case SideState::RemoteChanged:
      return {"↓", "charts.blue", "newer in the workspace"};
    case SideState::BothChanged:
    case SideState::Clash:
      return {"!", "gitDecoration.conflictingResourceForeground", "changed on both sides"};
    case SideState::Folder:
    case SideState::Same:
      break;
  }
  return {"✓", "", "in sync"};
}

SideState stateOf(const FolderCounts& counts) {
  if (counts.conflict > 0 || (counts.up > 0 && counts.down > 0)) return SideState::BothChanged;
  if (counts.up > 0) return SideState::LocalChanged;
  return counts.down > 0 ? SideState::RemoteChanged : SideState::Same;
}

// As people know it: a folder that only this machine has is one, too.
const Kind& kindOf(const WorkspaceRow& row) {
  std::string_view type = row.there ? std::string_view(row.there->type) : std::string_view();
  if (row.there && row.there->gitFolder) type = "REPO";
  if (!row.there && row.sides.isFolder()) type = "DIRECTORY";
  if (!row.there && !row.sides.isFolder())
    type = row.sides.form.kind == sync::ObjectKind::Notebook ? "NOTEBOOK" : "FILE";
  const auto* kind = std::ranges::find(kKinds, type, &Kind::type);
  return kind == kKinds.end() ? kOther : *kind;
}

const Language* languageOf(const WorkspaceRow& row) {
  const auto* language = row.there
                             ? std::ranges::find(kLanguages, std::string_view(row.there->language), &Language::name)
                             : kLanguages.end();
  return language == kLanguages.end() ? nullptr : language;
}

// What stands behind the name: little, for the names are what is looked for.
std::string descriptionOf(const WorkspaceRow& row) {
  std::string text;
  const auto& kind = kindOf(row);
  if (const auto* language = languageOf(row)) {
    text = language->words;
  } else if (row.there && row.there->type == "FILE") {
    text = sizeText(static_cast<std::uint64_t>(std::max<std::int64_t>(row.there->size, 0)));
  } else if (kind.context != "folder" && row.there) {
    text = kind.words;
  }
  const bool quiet = row.sides.state == SideState::Same || row.sides.state == SideState::OnlyThere;
  auto state = quiet && !row.pending ? std::string() : stateWords(row);
  if (row.sides.state == SideState::Folder && (!row.counts || stateOf(*row.counts) == SideState::Same)) state.clear();
  if (!text.empty() && !state.empty()) text += " · ";
  return text + state;
}

// Markdown.
std::string tooltipOf(const WorkspaceRow& row) {
  auto text = fmt::format("{}\n\n{}", plainMarkdown(row.path), plainMarkdown(kindWords(row)));
  if (const auto state = stateWords(row); !state.empty()) text += ", " + state;
  if (!row.sides.problem.empty()) text += "\n\n" + plainMarkdown(row.sides.problem);
  if (!row.localPath.empty()) text += "\n\nHere: " + plainMarkdown(row.localPath);
  return text;
}

void decorate(const WorkspaceRow& row, protocol::TreeNode& node) {
  if (row.sides.state == SideState::Folder && !row.counts) return;
  const auto look = lookOf(row.counts ? stateOf(*row.counts) : row.sides.state);
  protocol::TreeDecoration decoration;
  decoration.badge = row.pending ? "…" : look.badge;
  if (*look.color != '\0' && !row.pending) decoration.color = look.color;
  decoration.tooltip = stateWords(row);
  node.decoration = std::move(decoration);
}

}  // namespace

bool isFolder(const WorkspaceRow& row) { return row.there ? row.there->isFolder() : row.sides.isFolder(); }

std::string kindWords(const WorkspaceRow& row) {
  const auto& kind = kindOf(row);
  if (&kind == &kOther && row.there) return row.there->type.empty() ? "Object" : row.there->type;
  if (const auto* language = languageOf(row)) return fmt::format("{} notebook", language->words);
  return std::string(kind.words);
}

std::string stateWords(const WorkspaceRow& row) {
  if (row.pending) return "being compared";
  if (row.sides.state != SideState::Folder)
    return row.sides.state == SideState::Clash ? "different on both sides" : lookOf(row.sides.state).words;
  if (!row.counts) return {};
  const auto& counts = *row.counts;
  std::string text;
  const auto add = [&](std::size_t count, const char* words) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, words);
  };
  add(counts.up, "to upload");
  add(counts.down, "to download");
  add(counts.conflict, "changed on both sides");
  if (text.empty()) text = "in sync";
  if (!counts.complete) text += ", not all looked at";
  return text;
}

protocol::TreeNode nodeOf(const WorkspaceRow& row) {
  protocol::TreeNode node;
  const auto& kind = kindOf(row);
  const auto* language = languageOf(row);
  node.id = row.path;
  node.label = nameOf(row.path);
  node.icon = std::string(language != nullptr ? language->icon : kind.icon);
  if (auto text = descriptionOf(row); !text.empty()) node.description = std::move(text);
  node.tooltip = tooltipOf(row);
  auto spoken = fmt::format("{}, {}", node.label, kindWords(row));
  if (const auto state = stateWords(row); !state.empty()) spoken += ", " + state;
  node.accessibleLabel = std::move(spoken);
  node.contextValue =
      fmt::format("object.{}{}{}", kind.context, row.there ? ".there" : "", row.localPath.empty() ? "" : ".here");
  node.collapsible = isFolder(row) ? protocol::Collapsible::Collapsed : protocol::Collapsible::None;
  const bool canOpen = kind.context == "notebook" || kind.context == "file";
  if (canOpen) {
    node.command = protocol::TreeCommand{std::string(protocol::command::kWorkspaceOpen), "Open"};
  } else if (!isFolder(row)) {
    node.command = protocol::TreeCommand{std::string(protocol::command::kWorkspaceOpenInBrowser), "Open in Browser"};
  }
  // What is only here is dragged as the file that it is.
  node.resource = row.there ? toString({.kind = FileSystemKind::Workspace, .host = {}, .path = row.path})
                            : core::pathToUri(row.localPath);
  decorate(row, node);
  return node;
}

}  // namespace trowel::features
