list(APPEND NEMESIS_SOURCES
  network/echo_mark.cc
  network/faults.cc
  network/flow.cc
  network/flow_shape.cc
  network/grudge.cc
  network/link_echo.cc
  network/packet_head.cc
  network/packet_queue.cc
  network/packet_rules.cc
  network/partition.cc
  network/queue_socket.cc)
