list(APPEND NEMESIS_SOURCES
  clock/absolute_waits.cc
  clock/clock_fault.cc
  clock/clock_motion.cc
  clock/clock_preparation.cc
  clock/clock_questions.cc
  clock/clock_reading.cc
  clock/clock_tool.cc
  clock/clock_way.cc
  clock/database_processes.cc
  clock/faketime_host.cc
  clock/faketime_library.cc
  clock/faketime_process.cc
  clock/faketime_setting.cc
  clock/faults.cc
  clock/hook_code.cc
  clock/host_clocks.cc
  clock/moved_process.cc
  clock/patched_process.cc
  clock/process_memory.cc
  clock/program_facts.cc
  clock/prologue.cc
  clock/stopped_threads.cc
  clock/vdso_image.cc)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  list(APPEND NEMESIS_SOURCES clock/hook_aarch64.S)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  list(APPEND NEMESIS_SOURCES clock/hook_x86_64.S)
endif()
