// Which consistency models there are for which calls, and which implies which.
#pragma once

#include <string>
#include <vector>

#include "harness/record/history.h"

namespace tribunal {

struct LatticeModel {
  std::string name;
  std::string checker;
  std::vector<std::string> implies;  // names of the next weaker ones
  std::string model;                 // the option of that name, for `linearizable`
};

// The models that speak about the calls of this history, strongest first; empty: there is none.
std::vector<LatticeModel> lattice_of(const History& history);

// Whether `stronger` implies `weaker`, by however many steps. A model implies itself.
bool implies(const std::vector<LatticeModel>& lattice, const std::string& stronger,
             const std::string& weaker);

}  // namespace tribunal
