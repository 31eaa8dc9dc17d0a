// What the names and the data of ZooKeeper's nodes say.
#pragma once

#include <string>
#include <vector>

#include "clients/zookeeper/session.h"

namespace tribunal {

// A node made in sequence: "17-0000000042" is the element 17 under the number 42.
struct ZooName {
  std::string name;
  Int element = 0, number = 0;
};

// Each throws Rejected where it is nothing of ours.
Int zoo_number(const std::string& text);                                 // "17"
ZooName zoo_named(const std::string& path);                              // the last part of a path
std::vector<ZooName> zoo_sorted(const std::vector<std::string>& names);  // by their numbers

ZooRequest zoo_in_sequence(Int element);  // that makes one; its path is the name alone

}  // namespace tribunal
