list(APPEND NEMESIS_SOURCES
  database/chore.cc
  database/faults.cc
  database/member_fault.cc
  database/member_state.cc
  database/rejoin_old_data.cc
  database/remove_member.cc
  database/replace_member.cc)
