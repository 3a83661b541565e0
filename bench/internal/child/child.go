// Package child runs the servers and peers that benchmarks measure: processes that a benchmark
// talks to by their standard input and output, and that end when their input does. A Process
// belongs to the goroutine that started it.
package child

import (
	"bufio"
	"io"
	"os/exec"
)

// A Process runs until Stop.
type Process struct {
	Stdin  io.WriteCloser
	Stdout *bufio.Reader
	cmd    *exec.Cmd
}

// Start starts cmd, whose standard input and output are not set.
func Start(cmd *exec.Cmd) (*Process, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &Process{stdin, bufio.NewReader(stdout), cmd}, nil
}

// Pid is the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop ends the input and waits for the process's end.
func (p *Process) Stop() {
	p.Stdin.Close()
	_ = p.cmd.Wait() // by then it has served, or has told why not
}
