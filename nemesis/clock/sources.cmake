list(APPEND NEMESIS_SOURCES
  clock/faults.cc)
