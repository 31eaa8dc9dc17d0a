// ZooKeeper as it is installed here: a jar, and the Java to run it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tribunal {

// As Database::find, where a binary is a jar of ZooKeeper: Debian's if `binary` is empty. Throws
// Error(environment).
std::pair<std::string, std::string> find_zookeeper(const std::string& binary);

// The beginning of a command that runs a class of that jar, with its log on stderr.
std::vector<std::string> zookeeper_java(const std::string& jar);

}  // namespace tribunal
