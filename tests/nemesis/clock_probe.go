// Tells its clocks to whoever asks, as clock_teller.cc does, from a program that has no C library.
package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

func main() {
	begun := time.Now()
	socket, err := net.ListenPacket("udp4", ":"+os.Args[1])
	if err != nil {
		panic(err)
	}
	question := make([]byte, 32)
	for {
		_, from, err := socket.ReadFrom(question)
		if err != nil {
			panic(err)
		}
		now := time.Now()
		answer := fmt.Sprintf("%d %d", now.UnixNano(), now.Sub(begun).Nanoseconds())
		socket.WriteTo([]byte(answer), from)
	}
}
