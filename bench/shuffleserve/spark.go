package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/weft-data/weft/bench/internal/child"
)

// sparkWarm is how long the compiler of Spark's service gets before anything counts.
const sparkWarm = 16 * time.Second

var sparkResult = regexp.MustCompile(`GB/cpu-s=([0-9.]+)`)

// spark is Spark's shuffle service in a process of its own, as bench/sparkshuffle has it.
type spark struct {
	*child.Process
	classPath string
	port      int
}

func startSpark(ctx context.Context, classPath string) (*spark, error) {
	cmd := exec.CommandContext(ctx, "java", "-Xmx1g", "-cp", classPath, "bench.Serve")
	process, err := child.Start(cmd)
	if err != nil {
		return nil, err
	}
	s := &spark{Process: process, classPath: classPath}
	if _, err := fmt.Fscanf(s.Stdout, "port %d", &s.port); err != nil {
		s.Stop()
		return nil, fmt.Errorf("start bench.Serve: %w", err)
	}
	return s, nil
}

// measure runs Spark's client, which warms up for as long as it measures, and prints and returns
// what it did.
func (s *spark) measure(ctx context.Context, b benchmark, of shape) (gbPerCPU float64, err error) {
	args := []string{"-Xmx2g", "-cp", s.classPath, "bench.Load"}
	seconds := int(b.seconds.Seconds() + 0.5)
	for _, n := range []int{s.port, s.Pid(), of.maps, of.reduces, of.block, b.flight,
		max(1, seconds)} {
		args = append(args, strconv.Itoa(n))
	}
	cmd := exec.CommandContext(ctx, "java", args...)
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("bench.Load: %w", err)
	}
	fmt.Print(string(out))
	match := sparkResult.FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("bench.Load printed no result: %.200q", out)
	}
	return strconv.ParseFloat(string(match[1]), 64)
}

// compare measures one shape of both, interleaved: weft, Spark, Spark, weft, and so on. Both
// servers stay; what else the machine does hits both.
func (b benchmark) compare(ctx context.Context, of shape) error {
	dir, server, err := b.prepare(ctx, of)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory of a benchmark
	defer server.Stop()
	peer, err := startSpark(ctx, b.spark)
	if err != nil {
		return err
	}
	defer peer.Stop()
	warm := b
	warm.seconds = sparkWarm / 2 // the client warms up for as long as it measures
	if _, err := peer.measure(ctx, warm, of); err != nil {
		return err
	}
	var ours, theirs []float64
	for i := range 2 * b.pairs {
		if i%4 == 0 || i%4 == 3 {
			err = add(&ours)(b.measure(ctx, server, of))
		} else {
			err = add(&theirs)(peer.measure(ctx, b, of))
		}
		if err != nil {
			return err
		}
	}
	w, s := median(ours), median(theirs)
	fmt.Printf("ratio block=%d pairs=%d median GB/CPU-s weft=%.3f spark=%.3f ratio=%.2f\n", of.block,
		b.pairs, w, s, w/s)
	return nil
}

// add returns a function that appends what was measured.
func add(to *[]float64) func(float64, error) error {
	return func(v float64, err error) error {
		*to = append(*to, v)
		return err
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
