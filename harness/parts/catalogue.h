// Finds a part by its name; every catalogue is a plain array of values with a `name`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/record/error.h"

namespace tribunal {

// `kind`: "workload", for the message. An unknown name is answered with the names there are.
template <class Part>
const Part& find(const std::vector<Part>& parts, std::string_view kind, std::string_view name) {
  std::string known;
  for (const auto& part : parts) {
    if (part.name == name) return part;
    known += (known.empty() ? "" : ", ") + std::string(part.name);
  }
  throw Error(Blame::usage,
              "there is no " + std::string(kind) + " called '" + std::string(name) + "'",
              "one of: " + known);
}

}  // namespace tribunal
