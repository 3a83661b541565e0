package main

import (
	"syscall"
	"time"
)

// cpu is the processor time that this process has used, the garbage collector's included: on a
// machine that does other things too it is steadier than the clock.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it fails for bad arguments only
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
