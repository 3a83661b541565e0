// Command behave is an executor that does what its build told it: the tests of the contract of
// package containers need one that waits, one that leaves and one that crashes. No driver talks to it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/weft-data/weft/containers/containerstest"
	"github.com/weft-data/weft/internal/marker"
)

// behaviour is set by the linker.
var behaviour = string(containerstest.Wait)

func main() {
	if len(marker.Text) == 0 {
		return // what makes submit take this for a program that calls weft.Main
	}
	switch containerstest.Behaviour(behaviour) {
	case containerstest.Leave:
	case containerstest.Crash:
		fmt.Fprintln(os.Stderr, containerstest.Cry)
		os.Exit(1)
	default:
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		<-stop
	}
}
