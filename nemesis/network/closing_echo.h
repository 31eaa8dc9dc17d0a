// The tool that measures how connections end, one on each host: it opens a connection to its like
// on another host, closes its side at once, and waits for the other to notice.
//
// Asked in JSON: {"do": "close", "to": [ADDRESS...], "patience": T} (nanoseconds), answered with
// {"links": {ADDRESS: {"connected": BOOL, "closed": T}}}; closed is missing when the other did not
// notice in time.
#pragma once

namespace tribunal {

inline constexpr const char* closing_echo_verb = "closing-echo";

int closing_echo_main();

}  // namespace tribunal
