// The test program is also the init of every host it makes, as `tribunal` is.
#include <gtest/gtest.h>

#include <string>

#include "harness/cluster/cell.h"

int main(int argc, char** argv) {
  if (argc > 1 && argv[1] == std::string(tribunal::cell_host_verb))
    return tribunal::cell_host_main(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
