// The models that `linearizable` can be asked for. To add one: a file in models/ and its entry
// here.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checkers/linearizability/monitors/monitor.h"
#include "checkers/linearizability/state_space.h"

namespace tribunal {

struct ModelKind {
  std::string name;
  std::vector<std::string> functions;  // it knows
  std::vector<std::string> observers;  // those of them whose answers can be wrong
  // `initial` is nil where none was given. Throws Error(usage) on what the model cannot start with,
  // and on an argument that it cannot read.
  std::function<std::unique_ptr<StateSpace>(const History&, Value initial)> make;
  // Judges one key in near-linear time where its values are unique; may be empty. It takes an
  // answer of nil for emptiness, which not all models do.
  std::function<MonitorFinding(const History&, std::span<const std::uint32_t>, Watch&)> monitor;
  bool nil_is_empty = false;
};

const std::vector<ModelKind>& model_kinds();

// Throws Error(usage) with the names there are when `name` is empty or unknown.
const ModelKind& model_kind(const std::string& name);

}  // namespace tribunal
