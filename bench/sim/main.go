package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	seed := flag.Uint64("seed", 1, "the day's seed")
	jobs := flag.Int("jobs", 0, "number of jobs a day; 0: as many as each day has")
	machine := flag.Bool("scheduler", false, "measure the scheduler itself")
	allocation := flag.Bool("allocation", false, "compare the policies of dynamic allocation")
	flag.Parse()
	run := func() error { return compare(os.Stdout, *seed, *jobs, true) }
	if *machine {
		run = func() error { return measure(os.Stdout) }
	}
	if *allocation {
		run = func() error { return onDemand(os.Stdout, *seed) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "sim:", err)
		os.Exit(1)
	}
}
