// The test program is also the init of every host it makes, as `tribunal` is.
#include <gtest/gtest.h>

#include <string>

#include "harness/cluster/cell.h"
#include "tests/cluster/endless.h"

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == tribunal::cell_host_verb) return tribunal::cell_host_main(argc, argv);
  if (verb == tribunal::endless_verb) return tribunal::be_endless_cell(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
