// What a call does, by its name in a history (`f`). The known ones have a number of their own; a
// history may bring others, which get the numbers that follow and whose names it keeps.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tribunal {

enum class Function : std::uint8_t {
  read,
  write,
  cas,
  add,
  remove,
  enqueue,
  dequeue,
  push,
  pop,
  acquire,
  release,
  append,
  txn,
  del,  // "delete"
  generate,
  transfer,
  watch,
  first_unnamed,  // History::functions names this one and those after it
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Function::first_unnamed)>
    function_names = {
        "read",    "write",   "cas",    "add", "remove", "enqueue",  "dequeue",  "push",  "pop",
        "acquire", "release", "append", "txn", "delete", "generate", "transfer", "watch",
};

constexpr std::string_view name_of(Function function) {
  return function < Function::first_unnamed ? function_names[static_cast<std::size_t>(function)]
                                            : "?";
}

}  // namespace tribunal
