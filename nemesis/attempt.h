// The step of a fault in which something went wrong is part of its receipt.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "harness/record/error.h"
#include "harness/record/receipt.h"

namespace tribunal {

// Takes one step; what it throws becomes the receipt's failure (the first failure stays). Returns
// whether it went well.
template <class Step>
bool attempt(Receipt& receipt, const std::string& name, Step&& step) {
  try {
    std::forward<Step>(step)();
    return true;
  } catch (const Error& error) {
    if (receipt.failure.empty()) {
      receipt.failure = name + ": " + error.what();
      if (!error.fix().empty()) receipt.failure += "; " + error.fix();
    }
    return false;
  } catch (const std::exception& error) {
    if (receipt.failure.empty()) receipt.failure = name + ": " + error.what();
    return false;
  }
}

}  // namespace tribunal
