package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/weft-data/weft"
	"github.com/weft-data/weft/bench/internal/child"
)

// sparkProgram is made by Maven in bench/sparkstep; the path is relative to the repository's root.
const sparkProgram = "bench/sparkstep/target/step.jar"

// spark is a Spark application in client mode that runs a job when it is told to.
type spark struct{ *child.Process }

// startSpark gives Spark's executors the cores that weft's have. Its jars are on the nodes already,
// so that none are fetched. The idle time only says how long to wait between two runs; all else of
// the allocation is Spark's default.
func startSpark(ctx context.Context, home string, s *weft.Session) (*spark, error) {
	cores, _ := s.Conf("weft.executor.cores")
	args := []string{"--master", "yarn", "--class", "bench.Step",
		"--executor-cores", cores, "--executor-memory", "512m"}
	for _, property := range []string{
		"spark.yarn.jars=local:" + filepath.Join(home, "jars", "*"),
		"spark.dynamicAllocation.enabled=true",
		"spark.dynamicAllocation.executorIdleTimeout=3s",
		"spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1",
		"spark.ui.enabled=false",
		"spark.log.level=WARN",
	} {
		args = append(args, "--conf", property)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(home, "bin", "spark-submit"),
		append(args, sparkProgram)...)
	cmd.Env = append(os.Environ(), "SPARK_HOME="+home, "SPARK_LOCAL_IP=127.0.0.1")
	cmd.Stderr = os.Stderr
	process, err := child.Start(cmd)
	if err != nil {
		return nil, fmt.Errorf("start Spark: %w", err)
	}
	return &spark{process}, nil
}

// run has Spark run the load, and waits until its executors have gone.
func (s *spark) run(_ context.Context, l load) (starts, error) {
	if _, err := fmt.Fprintln(s.Stdin, l.tasks, l.seconds); err != nil {
		return nil, err
	}
	line, err := s.Stdout.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	var after starts
	for _, word := range strings.Fields(line) {
		millis, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("answer %.200q: %w", line, err)
		}
		after = append(after, time.Duration(millis)*time.Millisecond)
	}
	return after, nil
}
