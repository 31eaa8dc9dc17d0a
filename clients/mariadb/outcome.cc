#include "clients/mariadb/outcome.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tribunal {
namespace {

// What is failed has its reason here; all else is unknown, since a server that is stopped, or
// loses its cluster, in the middle of a commit says many things: 1180 error during commit, 1317
// interrupted, 1053 shutdown in progress, 1927 connection killed.
// clang-format off
constexpr std::array certain_roll_backs = std::to_array<std::string_view>({
    "1213",  // deadlock; with Galera also that certification failed: rolled back on every node
    "1205",  // it waited for a row, or to have caught up, too long: the statement is undone, and
             // one that is a transaction by itself is all of it
    "1020",  // the row has changed since it was read (innodb_snapshot_isolation): rolled back
    "1047",  // Galera's node is not of a primary component: refused as it came
    "1062",  // the key is there
    "1290", "1792", "1836",  // the server or the transaction only reads: refused as it came
    "1064", "1046", "1049", "1054", "1142", "1146",  // not understood, or nothing of that name
    "1264", "1406", "1690",  // values that do not fit: found before anything is written
});
// clang-format on

}  // namespace

Outcome outcome_of_mariadb_error(const std::string& code) {
  const auto found = std::find(certain_roll_backs.begin(), certain_roll_backs.end(), code);
  return found == certain_roll_backs.end() ? Outcome::unknown : Outcome::failed;
}

}  // namespace tribunal
