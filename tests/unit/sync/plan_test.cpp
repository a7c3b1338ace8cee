// SPDX-License-Identifier: Apache-2.0
#include "sync/plan.hpp"

#include <algorithm>
#include <array>

#include "support/catch.hpp"
#include "support/memory_remote.hpp"
#include "support/random.hpp"

using namespace trowel;
using namespace trowel::sync;
using test::MemoryRemote;

namespace {

const core::CancelToken kNever;

LocalTree randomTree(test::Random& random) {
  static constexpr std::array<const char*, 5> kNames{"a", "b", "c", "d.py", "e.ipynb"};
  LocalTree tree;
  std::set<std::string> folders;
  for (std::size_t i = 0, count = random.below(12); i < count; ++i) {
    std::string path;
    for (std::size_t depth = random.below(4); depth > 0; --depth) path += std::string(random.of(kNames)) + "/";
    path += random.of(kNames);
    // A file system has no file where a folder is, nor the reverse.
    bool possible = !folders.contains(path);
    for (auto folder = parentOf(path); !folder.empty(); folder = parentOf(folder))
      possible = possible && !tree.files.contains(std::string(folder));
    if (!possible) continue;
    for (auto folder = parentOf(path); !folder.empty(); folder = parentOf(folder)) folders.insert(std::string(folder));
    if (random.chance(8)) {
      tree.problems.emplace(path, "cannot be judged");
      continue;
    }
    if (tree.problems.contains(path)) continue;
    LocalFile file;
    file.hash = std::to_string(random.below(4));
    if (path.ends_with(".py") && random.chance(50)) file = {{}, file.hash, ObjectKind::Notebook, ".py"};
    if (path.ends_with(".ipynb")) file = {{}, file.hash, ObjectKind::Notebook, ".ipynb"};
    tree.files.emplace(path, std::move(file));
  }
  return tree;
}

// Carries a plan out, in a random order within its waves, as a session would.
void apply(test::Random& random, const Plan& plan, const LocalTree& local, MemoryRemote& remote, RemoteState& known) {
  for (auto wave : plan.waves) {
    for (std::size_t i = wave.size(); i > 1; --i) std::swap(wave[i - 1], wave[random.below(i)]);
    for (const auto& step : wave) {
      INFO("step " << static_cast<int>(step.action) << " " << step.remotePath);
      const std::string path = "/r/" + step.remotePath;
      switch (step.action) {
        case Action::RemoveObject:
          REQUIRE(known.objects.contains(step.remotePath));
          REQUIRE(remote.remove(path, kNever));
          known.objects.erase(step.remotePath);
          break;
        case Action::RemoveFolder: {
          REQUIRE(known.folders.at(step.remotePath));
          auto removed = remote.remove(path, kNever);
          if (!removed) CHECK(removed.error().code == core::ErrorCode::Conflict);  // others have something in it
          known.folders.erase(step.remotePath);
          break;
        }
        case Action::MakeFolder: {
          auto made = remote.makeFolder(path, kNever);
          REQUIRE(made);
          known.folders[step.remotePath] = *made == FolderOutcome::Made;
          break;
        }
        case Action::Put: {
          const auto& file = local.files.at(step.source);
          TextSource bytes(file.hash);
          REQUIRE(remote.put(path, {file.kind, file.extension}, bytes, true, kNever));
          known.objects[step.remotePath] = {step.source, file.kind, file.extension, file.hash, {}};
          break;
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("plans converge, are complete, and touch nothing of others") {
  const auto seed = test::randomSeed();
  INFO("TROWEL_SEED=" << seed);
  test::Random random(seed);
  std::size_t steps = 0;
  for (int round = 0; round < 400; ++round) {
    INFO("round " << round);
    MemoryRemote remote;
    remote.plantFolder("/r");
    // Others have notebooks in folders of ours, and an empty folder.
    std::set<std::string> theirs;
    for (std::size_t i = 0, count = random.below(3); i < count; ++i) {
      const std::string path = std::string("/r/") + (random.chance(50) ? "a/" : "zzz/") + "theirs" + std::to_string(i);
      remote.plant(path, {ObjectKind::Notebook, "theirs"});
      theirs.insert(path);
    }
    const bool emptyFolder = random.chance(30);
    if (emptyFolder) remote.plantFolder("/r/b");
    RemoteState known;
    for (int edit = 0; edit < 6; ++edit) {
      LocalTree local = randomTree(random);
      // A file of ours at the place of a folder of theirs fails in the workspace and is reported; not the plan's doing.
      std::erase_if(local.files, [&](const auto& entry) {
        const auto path = "/r/" + remotePathOf(entry.first, entry.second);
        return remote.folders().contains(path) && !known.folders.contains(path.substr(3));
      });
      std::set<std::string> kept;
      for (const auto& [path, object] : known.objects) {
        if (!local.files.contains(object.source) && random.chance(15)) kept.insert(object.source);
      }
      const auto before = remote.objects();
      bool blocked = false;  // a folder that others hold, in the place of a file
      const Plan plan = makePlan(known, local, kept);
      for (const auto& wave : plan.waves) {
        for (const auto& step : wave) {
          for (const auto& path : theirs)
            blocked = blocked || (step.action == Action::Put && isBeneath(path, "/r/" + step.remotePath));
          blocked = blocked || (step.action == Action::Put && emptyFolder && step.remotePath == "b");
        }
      }
      if (blocked) continue;
      steps += plan.size();
      apply(random, plan, local, remote, known);

      // Everything selected arrived; nothing else of ours is left but what had to stay.
      const auto after = remote.objects();
      std::set<std::string> expected = theirs;
      for (const auto& [source, file] : local.files) {
        const std::string path = "/r/" + remotePathOf(source, file);
        if (plan.problems.contains(source)) continue;
        INFO(source);
        REQUIRE(after.contains(path));
        CHECK(after.at(path) == MemoryRemote::Object{file.kind, file.hash});
        expected.insert(path);
      }
      for (const auto& [path, object] : after) {
        if (expected.contains(path)) continue;
        INFO(path);
        REQUIRE(known.objects.contains(path.substr(3)));
        CHECK(before.at(path) == object);
        const auto& source = known.objects.at(path.substr(3)).source;
        bool held = kept.contains(source) || local.problems.contains(source) || plan.problems.contains(source);
        for (auto folder = parentOf(source); !folder.empty(); folder = parentOf(folder))
          held = held || local.problems.contains(std::string(folder));
        for (const auto& [refused, why] : plan.problems)
          held = held ||
                 (local.files.contains(refused) && remotePathOf(refused, local.files.at(refused)) == path.substr(3));
        CHECK(held);
      }
      for (const auto& path : theirs) CHECK(after.at(path).bytes == "theirs");
      if (emptyFolder) CHECK(remote.folders().contains("/r/b"));
      CHECK(makePlan(known, local, kept).size() == 0);
    }
  }
  CHECK(steps > 1000);
}

TEST_CASE("an empty project is told from one whose files are held") {
  RemoteState known;
  LocalTree local;
  CHECK_FALSE(looksEmptied(known, local, {}));
  known.objects["a"] = {"a", ObjectKind::File, "", "1", {}};
  CHECK(looksEmptied(known, local, {}));
  CHECK_FALSE(looksEmptied(known, local, {"a"}));
  local.problems["a"] = "unreadable";
  CHECK_FALSE(looksEmptied(known, local, {}));
  CHECK(makePlan(known, local, {}).size() == 0);
}
