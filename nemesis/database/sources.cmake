list(APPEND NEMESIS_SOURCES
  database/faults.cc)
