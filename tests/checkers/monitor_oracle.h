// Judges small histories of one container by trying every order, and draws such histories: the
// oracle of the monitors, sharing no code with them.
#pragma once

#include "checkers/linearizability/monitors/monitor.h"
#include "harness/record/history.h"
#include "harness/record/random.h"

namespace tribunal {

enum class Container { set, queue, stack, priority_queue, counter };

// A failed operation never happened, an unknown one may have happened at any time after it began,
// or never.
bool linearizable_by_all_orders(const History& history, Container container);

struct ContainerShape {
  Container container = Container::queue;
  std::size_t operations = 8;
  std::size_t processes = 4;
  unsigned lost_percent = 15, failed_percent = 5;
  unsigned bent_percent = 10;  // answers that are not what the container gave
};

// Runs a container and bends some answers.
History random_container_history(const ContainerShape& shape, Random& random);

// One of the functions under test, on a history that is one object.
MonitorFinding monitor(const History& history, Container container);

}  // namespace tribunal
