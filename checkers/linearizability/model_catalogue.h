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

// What a register's acknowledged read of nil means.
enum class NilRead : std::uint8_t {
  any,     // nobody knows what was read: it fits every state, as Knossos has it
  absent,  // nothing was ever written, or nil was
};

struct ModelOptions {
  Value initial{};  // nil: none was given
  NilRead nil = NilRead::any;

  ModelOptions() = default;
  ModelOptions(Value value, NilRead read = NilRead::any) : initial(value), nil(read) {}
};

struct ModelKind {
  // Whether a key is a register by itself, or with the calls of a map: zones can judge it.
  enum class Zones : std::uint8_t { none, registers, map };

  std::string name;
  std::vector<std::string> functions;  // it knows
  std::vector<std::string> observers;  // those of them whose answers can be wrong
  // A space of one key. Throws Error(usage) on what the model cannot start with.
  std::function<std::unique_ptr<StateSpace>(const History&, const ModelOptions&)> make;
  // Throws Error(usage) on what the model cannot start with, and on an argument that it cannot
  // read.
  std::function<void(const History&, const ModelOptions&)> require;
  Zones zones = Zones::none;
  // Judges one key in near-linear time where its values are unique; may be empty. It takes an
  // answer of nil for emptiness, which not all models do.
  std::function<MonitorFinding(const History&, std::span<const std::uint32_t>, Watch&)> monitor{};
  bool nil_is_empty = false;
  bool starts_at_zero = false;
  bool nil_option = false;  // it has reads of nil that may mean either
};

const std::vector<ModelKind>& model_kinds();

// Throws Error(usage) with the names there are when `name` is empty or unknown.
const ModelKind& model_kind(const std::string& name);

}  // namespace tribunal
