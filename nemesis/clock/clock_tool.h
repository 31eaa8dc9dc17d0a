// The tool "clock": moves the clocks of the database's processes on its host as it is told.
#pragma once

namespace tribunal {

inline constexpr const char* clock_verb = "clock";

// Questions, one line of JSON each: {"do": "waits", "looks": 20}, {"do": "move", ...}, {"do":
// "read"}, {"do": "restore"}, {"do": "use libfaketime", ...}, {"do": "environment"}, which is what
// one start of the database needs to run under libfaketime; clock_questions.h writes them and reads
// the answers.
int clock_tool_main();

}  // namespace tribunal
