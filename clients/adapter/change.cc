#include "clients/adapter/change.h"

namespace tribunal {

std::vector<Change> changes() {
  return {{"write", "read",
           [](Key key) -> Call {
             return Write{key, 7, {}};
           },
           [](Key key) -> Call {
             return Read{key, {}, {}};
           },
           [](const Call& call) { return std::get<Read>(call).value == 7; }},
          {"add", "read-set",
           [](Key key) -> Call {
             return Add{key, 7};
           },
           [](Key key) -> Call {
             return ReadSet{key, {}};
           },
           [](const Call& call) { return !std::get<ReadSet>(call).elements.empty(); }},
          {"append", "read-list",
           [](Key key) -> Call {
             return Append{key, 7};
           },
           [](Key key) -> Call {
             return ReadList{key, {}};
           },
           [](const Call& call) { return !std::get<ReadList>(call).elements.empty(); }},
          {"increment", "read-counter",
           [](Key key) -> Call {
             return Increment{key, 7};
           },
           [](Key key) -> Call {
             return ReadCounter{key, {}};
           },
           [](const Call& call) { return std::get<ReadCounter>(call).value.value_or(0) != 0; }}};
}

}  // namespace tribunal
