// Command startup measures how long it takes from weft submit to the first task result on YARN.
//
//	startup [-n 20] [-cold] [-weft bin/weft] [-pi bin/examples/pi]
//
// Each deploy mode gets n runs of pi on the cluster that HADOOP_CONF_DIR names. Before each run it
// waits a random part of a second, so that no run meets the nodes' heartbeats in a chosen phase.
// With -cold each run has a staging directory of its own: the program is uploaded and fetched by
// the nodes each time; otherwise the nodes have it after the first run. The times are those of the
// report that --timing makes: since weft submit began, to the first task result that the driver
// has. Standard output gets a line for each run and then mean, median, 95th percentile and maximum.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"time"
)

type benchmark struct {
	n        int
	cold     bool
	weft, pi string
}

func main() {
	var b benchmark
	flag.IntVar(&b.n, "n", 20, "runs in each deploy mode")
	flag.BoolVar(&b.cold, "cold", false, "upload the program each time")
	flag.StringVar(&b.weft, "weft", "bin/weft", "the command weft")
	flag.StringVar(&b.pi, "pi", "bin/examples/pi", "the example pi")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, mode := range []string{"client", "cluster"} {
		if err := b.measure(ctx, mode); err != nil {
			fmt.Fprintln(os.Stderr, "startup:", err)
			os.Exit(1)
		}
	}
}

// measure prints the runs of one deploy mode and their summary.
func (b benchmark) measure(ctx context.Context, mode string) error {
	var first, wall []time.Duration
	for i := range b.n {
		select {
		case <-time.After(rand.N(time.Second)):
		case <-ctx.Done():
			return ctx.Err()
		}
		began := time.Now()
		result, err := b.run(ctx, mode)
		if err != nil {
			return fmt.Errorf("run %d in mode %s: %w", i+1, mode, err)
		}
		first, wall = append(first, result), append(wall, time.Since(began))
		fmt.Printf("%s %d: first task result %d ms, end %d ms\n", mode, i+1,
			result.Milliseconds(), wall[i].Milliseconds())
	}
	fmt.Printf("%s: first task result %s\n", mode, summary(first))
	fmt.Printf("%s: end               %s\n", mode, summary(wall))
	return nil
}

// run submits once and returns when the driver had the first task result.
func (b benchmark) run(ctx context.Context, mode string) (time.Duration, error) {
	args := []string{b.weft, "submit", "--master", "yarn", "--deploy-mode", mode, "--timing"}
	if b.cold {
		staging := fmt.Sprintf("/tmp/startup-%016x", rand.Uint64())
		defer func() { _, _ = output(context.WithoutCancel(ctx), b.weft, "fs", "rm", "-r", staging) }()
		args = append(args, "--conf", "weft.yarn.stagingDir="+staging)
	}
	out, err := output(ctx, append(args, b.pi, "2", "1000")...)
	if err != nil || mode == "client" {
		return firstResult(out, err)
	}
	id := regexp.MustCompile(`application_\d+_\d+`).FindString(out)
	for { // the nodes write logs to HDFS after the end
		out, err = output(ctx, b.weft, "logs", id, "--file", "stderr")
		if result, err := firstResult(out, err); err == nil {
			return result, nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return 0, errors.Join(ctx.Err(), err)
		}
	}
}

// output is what a program writes, to standard output and error.
func output(ctx context.Context, argv ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, &out)
	}
	return out.String(), nil
}

var reported = regexp.MustCompile(`first task result +([\d.]+) (ms|s)\b`)

// firstResult reads the report of --timing.
func firstResult(report string, err error) (time.Duration, error) {
	if err != nil {
		return 0, err
	}
	found := reported.FindStringSubmatch(report)
	if found == nil {
		return 0, fmt.Errorf("no first task result in %q", report)
	}
	return time.ParseDuration(found[1] + found[2])
}

// summary needs at least one time.
func summary(times []time.Duration) string {
	slices.Sort(times)
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	at := func(q float64) int64 {
		return times[min(len(times)-1, int(q*float64(len(times))))].Milliseconds()
	}
	return fmt.Sprintf("mean %d ms, median %d ms, p95 %d ms, max %d ms (n=%d)",
		(sum / time.Duration(len(times))).Milliseconds(), at(0.5), at(0.95),
		times[len(times)-1].Milliseconds(), len(times))
}
