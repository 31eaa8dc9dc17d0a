// A cell that runs until it is told to stop, in a process of its own: to be killed.
#pragma once

namespace tribunal {

inline constexpr const char* endless_verb = "endless-cell";
// argv: endless-cell folder mark [loop]; with loop its hosts have disks on loop devices. Creates
// <folder>/built when all runs. Returns 128 + the signal that ended it.
int be_endless_cell(int argc, char** argv);

}  // namespace tribunal
