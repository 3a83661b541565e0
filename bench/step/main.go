// Command step measures how soon executors come when tasks begin to wait:
//
//	weft submit --master yarn --executor-cores 4 --conf weft.dynamicAllocation.enabled=true \
//		--conf weft.dynamicAllocation.executorIdleTimeout=3s step [-spark SPARK_HOME] \
//		[TASKS [SECONDS [RUNS]]]
//
// Each run is a job of 32 tasks that take 5 s each; between two runs all executors go. It prints
// the times from the job's submission until the first task runs, until half and until 95 % of them
// do, and until all do; and at the end how soon after the idle time the ResourceManager had all
// executors back. All clocks are that of this machine, so the cluster must be, too. Tasks must take
// longer than it takes until all run, because a slot that is used twice counts twice.
//
// With -spark a Spark application of executors of the same cores (bench/sparkstep) runs beside
// this one, and both have their runs in turns: weft, Spark, Spark, weft, after one of each that
// does not count. The last line has the ratio of their medians at 95 %.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"

	"github.com/weft-data/weft"
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	l := load{tasks: 32, seconds: 5}
	home, runs, err := l.parse(s.Args())
	if err != nil {
		return weft.Usage("step [-spark SPARK_HOME] [TASKS [SECONDS [RUNS]]]")
	}
	a, err := newApplication(ctx, s)
	if err != nil {
		return err
	}
	defer a.yarn.client.Close()
	defer func() { fmt.Println(a.summary()) }()
	policy, _ := s.Conf("weft.dynamicAllocation.policy")
	ours := subject{policy, a.run}
	if home == "" {
		return l.alone(ctx, ours, runs)
	}
	peer, err := startSpark(ctx, home, s)
	if err != nil {
		return err
	}
	defer peer.Stop()
	return l.compare(ctx, ours, subject{"spark", peer.run}, runs)
}

// parse takes the load from the arguments, and besides it Spark's home and the number of runs.
func (l *load) parse(args []string) (home string, runs int, err error) {
	flags := flag.NewFlagSet("step", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the usage says it
	flags.StringVar(&home, "spark", "", "")
	if err := flags.Parse(args); err != nil {
		return "", 0, err
	}
	runs = 3
	numbers := []*int{&l.tasks, &l.seconds, &runs}
	for i, arg := range flags.Args() {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 || i >= len(numbers) {
			return "", 0, flag.ErrHelp
		}
		*numbers[i] = n
	}
	return home, runs, nil
}
