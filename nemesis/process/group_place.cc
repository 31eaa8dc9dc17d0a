// Where on this machine a control group may be made: in the older interface below our own group, in
// the newer one below the nearest group above us that hands the controller on.
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "harness/record/error.h"
#include "nemesis/process/control_group.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

constexpr const char* how_to_get_groups =
    "run as root; or, where the machine has control groups of version 2 and systemd: systemd-run "
    "--user --scope -p Delegate=yes sh -c 'g=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup); mkdir "
    "$g/run; echo $$ > $g/run/cgroup.procs; echo +cpu +memory > $g/cgroup.subtree_control; exec "
    "tribunal run ...'";

bool has_word(const std::string& text, const std::string& word, char between) {
  std::istringstream words(text);
  for (std::string one; std::getline(words, one, between);)
    if (one == word || one == word + "\n") return true;
  return false;
}

struct GroupMount {
  fs::path root, point;  // what of the hierarchy is mounted, and where
};

// The line of mountinfo: id parent device root point options [tags] - type source super-options.
std::optional<GroupMount> find_mount(const std::string& mounts, const std::string& type,
                                     const std::string& controller) {
  std::istringstream lines(mounts);
  for (std::string line; std::getline(lines, line);) {
    const auto dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line), after(line.substr(dash + 3));
    std::string id, parent, device, root, point, kind, source, options;
    before >> id >> parent >> device >> root >> point;
    after >> kind >> source >> options;
    if (kind == type && (controller.empty() || has_word(options, controller, ',')))
      return GroupMount{root, point};
  }
  return {};
}

// Our own group in the hierarchy of `controller`, or in that of version 2 if it is empty.
fs::path own_group(const std::string& groups, const std::string& controller,
                   const GroupMount& mount) {
  std::istringstream lines(groups);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? !names.empty() : !has_word(names, controller, ',')) continue;
    const fs::path within = fs::path(line.substr(second + 1)).lexically_relative(mount.root);
    if (within.empty() || *within.begin() == ".." || within == ".") break;
    return mount.point / within;
  }
  return mount.point;
}

bool may_make_groups_in(const fs::path& folder) {
  return ::access(folder.c_str(), W_OK) == 0 &&
         ::access((folder / "cgroup.procs").c_str(), W_OK) == 0;
}

bool hands_on(const fs::path& folder, const std::string& controller) {
  std::ifstream file(folder / "cgroup.subtree_control");
  std::string names;
  std::getline(file, names);
  return has_word(names, controller, ' ');
}

std::string text_of_file(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

GroupPlace find_group_place(const std::string& controller, const std::string& mounts,
                            const std::string& groups) {
  std::string why = fmt::format("no control groups for {} are mounted", controller);
  if (const auto mount = find_mount(mounts, "cgroup", controller)) {
    const fs::path home = own_group(groups, controller, *mount);
    if (may_make_groups_in(home)) return {1, home, home};
    why = fmt::format("this user may not make control groups in {}", home.string());
  }
  if (const auto mount = find_mount(mounts, "cgroup2", {})) {
    const fs::path home = own_group(groups, {}, *mount);
    for (fs::path folder = home;; folder = folder.parent_path()) {
      if (hands_on(folder, controller)) {
        if (may_make_groups_in(folder)) return {2, folder, home};
        why = fmt::format("this user may not make control groups in {}", folder.string());
      }
      if (folder == mount->point || folder == folder.parent_path()) break;
    }
  }
  throw Error(Blame::environment, why, how_to_get_groups);
}

GroupPlace find_group_place(const std::string& controller) {
  return find_group_place(controller, text_of_file("/proc/self/mountinfo"),
                          text_of_file("/proc/self/cgroup"));
}

}  // namespace tribunal
