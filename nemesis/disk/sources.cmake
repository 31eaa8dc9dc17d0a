list(APPEND NEMESIS_SOURCES
  disk/faults.cc)
