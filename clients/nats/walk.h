// Reads all messages of one subject, in the order of the log, from a database that gives one at a
// time. Where it found messages before it asks for all of them at once, and believes none of it
// unless each answer is the one that follows the answer before.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "clients/nats/dialogue.h"

namespace tribunal {

class NatsWalk {
 public:
  // Up to and with the sequence `until`, which is there, once whoever answers has it; 0: up to the
  // end, as whoever answers has it. Throws Rejected.
  std::vector<NatsStored> read(NatsDialogue& nats, const std::string& subject, NatsSource source,
                               Int until);

 private:
  std::map<std::string, std::vector<Int>> found_;  // sequences, by subject, from the first on
};

}  // namespace tribunal
