// The tool that measures links, one on each host: it sends datagrams to its like on another host,
// tells what came of them, and gives back those that ask for it. It sits on a port of its own that
// is shaped like the database's packets and counted apart from them.
//
// Asked in JSON, a line a question (times in nanoseconds):
//   {"do": "send", "to": [ADDRESS...], "session": S, "count": N, "gap": T, "bytes": B,
//    "answers": BOOL, "patience": T}   when all answers have come, or `patience` after the last
//        was sent: {"sent", "links": {ADDRESS: {"answered", "least", "median", "mean",
//        "deviation"}}} of round trips
//   {"do": "tally", "from": ADDRESS, "session": S}   what has arrived of that session:
//        {"arrived", "twice", "late", "corrupted", "bytes", "span", "unread"}
// bytes: with the IP header; span: from the first to the last of them; late: after one with a
// higher number; unread: lost by this tool itself, which was too slow.
#pragma once

namespace tribunal {

inline constexpr const char* link_echo_verb = "link-echo";

int link_echo_main();

}  // namespace tribunal
