// Whole numbers as they stand in etcd's keys and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/etcd/answer.h"
#include "harness/parts/client.h"
#include "harness/record/call.h"

namespace tribunal {

// As a part of a key: of one width, so that the order of keys is that of numbers.
std::string element_text(Int element);
std::optional<Int> element_of(std::string_view text);

// Each throws Nonsense on anything else.
Int number_in(const KeyValue& pair);                       // decimal
std::vector<Int> numbers_in(const KeyValue& pair);         // "1 2 3"
Int element_in(const KeyValue& pair, std::size_t prefix);  // what follows the prefix in its key

// What `read` returns. A call that has only read so far had no effect, whatever the answer said:
// Nonsense becomes Rejected.
template <class F>
auto sensible(const F& read) -> decltype(read()) {
  try {
    return read();
  } catch (const Nonsense& nonsense) {
    throw Rejected(nonsense.what());
  }
}

}  // namespace tribunal
