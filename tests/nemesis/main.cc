// The test program is also the init of every host it makes, and the database that it hurts.
#include <gtest/gtest.h>

#include <string>

#include "harness/cluster/cell.h"
#include "nemesis/tools.h"
#include "tests/nemesis/clock_teller.h"
#include "tests/nemesis/disk_exercise.h"
#include "tests/nemesis/peer.h"
#include "tests/nemesis/stream.h"

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == tribunal::cell_host_verb) return tribunal::cell_host_main(argc, argv);
  if (verb == tribunal::teller_verb) return tribunal::be_teller(argc, argv);
  if (verb == tribunal::disk_exercise_verb) return tribunal::be_disk_exercise(argc, argv);
  if (verb == tribunal::peer_verb) return tribunal::be_peer(argc, argv);
  if (verb == tribunal::stream_verb) return tribunal::be_stream(argc, argv);
  if (const auto code = tribunal::tool_main(argc, argv)) return *code;
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
