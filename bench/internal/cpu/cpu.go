// Package cpu tells benchmarks of whole processes what processor time those used, from Linux's
// /proc. It counts in the kernel's ticks of 10 ms, so what is measured should take seconds. Any
// goroutine may call it.
package cpu

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const tick = 10 * time.Millisecond

// Used is the processor time that a process has used.
func Used(pid int) (time.Duration, error) { return used(strconv.Itoa(pid)) }

// Tree is the processor time that this process and those it started and that still run have used.
func Tree() (sum time.Duration) {
	pids := []string{"self"}
	files, _ := filepath.Glob("/proc/self/task/*/children")
	for _, f := range files {
		children, _ := os.ReadFile(f) // empty once the thread has ended
		pids = append(pids, strings.Fields(string(children))...)
	}
	for _, pid := range pids {
		d, _ := used(pid) // none once the child has ended
		sum += d
	}
	return sum
}

// used reads /proc/PID/stat: the 12th and 13th field after the program's name, which may hold
// anything, are user and system time.
func used(pid string) (time.Duration, error) {
	file := "/proc/" + pid + "/stat"
	stat, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("%s has %d fields after the name", file, len(fields))
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}
