// Things that the kernel does not clean up when a run dies, by kind, and how each is undone.
#pragma once

#include <string>
#include <vector>

namespace tribunal {

struct Leftover {
  std::string kind;  // "cgroup"
  std::string what;  // "/sys/fs/cgroup/cpu/tribunal-8a1f-n1"
  bool operator==(const Leftover&) const = default;
};

struct LeftoverKind {
  std::string name;
  // Safe twice over, and when it was never made: returns whether there was something to undo.
  // Throws std::runtime_error when it cannot be undone.
  bool (*undo)(const std::string& what);
};

const std::vector<LeftoverKind>& leftover_kinds();

// What we make outside of a cell begins with this, and nothing else is ever undone.
inline constexpr const char* leftover_prefix = "tribunal-";

// Undoes it as its kind says. Throws std::runtime_error on a kind that this version does not know,
// or a name that is not one of ours.
bool undo_leftover(const Leftover& leftover);

}  // namespace tribunal
