// The tool that shapes what arrives at a host, in its network namespace: packets come to it through
// an NFQUEUE rule at the host's INPUT. At the sender it would do harm of its own: TCP keeps next to
// nothing on the way that its own machine still holds. Dies with the controller.
//
// Asked in JSON, a line a question:
//   {"do": "set", "flow": NAME, "spares": "probes" or "meters", "sources": [ADDRESS...],
//    "shape": FlowShape, "seed": N}
//   {"do": "remove", "flow": NAME}   what waits is delivered at once; answers as read does, last
//   {"do": "read"}                   {"flows": {NAME: {"database": {...}, "meter": {...}}},
//                                     "overruns": N}
// (and "probe" beside "database" and "meter"). A packet belongs to the first flow by name that has
// its source; a flow that holds comes first.
#pragma once

namespace tribunal {

inline constexpr const char* packet_queue_verb = "packet-queue";
inline constexpr unsigned packet_queue_number = 47;

int packet_queue_main();

}  // namespace tribunal
