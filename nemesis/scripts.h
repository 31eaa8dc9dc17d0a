// The ready-made scripts of nemesis/scripts, as text, compiled in.
#pragma once

#include <string>
#include <vector>

namespace tribunal {

struct ReadyScript {
  std::string name;  // "island", also the name of its file
  std::string text;  // YAML
};

const std::vector<ReadyScript>& ready_scripts();

}  // namespace tribunal
