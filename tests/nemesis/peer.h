// The smallest database worth hurting: peers that greet each other all the time, count the
// greetings they hear, and tell the counts to whoever asks. By them a test sees a fault and its
// heal without the fault's own probes.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace tribunal {

inline constexpr const char* peer_verb = "peer";
int be_peer(int argc, char** argv);  // argv: peer own-address other-address...

// What the peer at `address` has heard from each other address; nothing if it does not answer
// within half a second.
std::optional<std::map<std::string, long>> ask_peer(const std::string& address);

}  // namespace tribunal
