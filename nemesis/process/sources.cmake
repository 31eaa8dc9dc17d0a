list(APPEND NEMESIS_SOURCES
  process/faults.cc
  process/kill.cc
  process/live_processes.cc
  process/pause.cc)
