list(APPEND NEMESIS_SOURCES
  process/control_group.cc
  process/cpu_pressure.cc
  process/crash_loop.cc
  process/death.cc
  process/faults.cc
  process/group_fault.cc
  process/group_place.cc
  process/kill.cc
  process/live_processes.cc
  process/memory_pressure.cc
  process/pause.cc
  process/restart.cc
  process/rolling_restart.cc
  process/stop.cc
  process/turns.cc)
