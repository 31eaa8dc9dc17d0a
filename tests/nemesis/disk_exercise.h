// Programs that a test runs on a host to use its disk, since only the host's processes see it.
#pragma once

namespace tribunal {

inline constexpr const char* disk_exercise_verb = "disk-exercise";

// argv: disk-exercise same SEED STEPS FOLDER FOLDER
//   the same random calls on two folders; says where the first difference is, and returns 1 then.
// argv: disk-exercise write FOLDER
//   files by name of what they hold: see written_files.
// argv: disk-exercise call FOLDER CALL
//   one call of: append, overwrite, create, read, mkdir, remove; prints errno and microseconds.
// argv: disk-exercise work FOLDER
//   for ever: appends a thousand bytes to FOLDER/log, syncs every second time, and reads all of it;
//   ends with 1 when a call fails or a byte is not what it wrote.
int be_disk_exercise(int argc, char** argv);

}  // namespace tribunal
