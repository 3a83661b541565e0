package weft

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
)

// pipeOp runs a program for each partition. It needs no declaration, because lines go in
// and come out.
var pipeOp = declarePipe()

// Pipe runs a program for each partition, writes the partition's records to its input, a line each,
// and takes the lines of its output as records. The program is looked up on the executor's PATH and
// started without a shell. If it ends with an exit code other than 0, the task fails with the end
// of what it wrote to its error output.
func Pipe(in Dataset[string], program string, args ...string) Dataset[string] {
	params, err := codec.Marshal(append([]string{program}, args...))
	out := apply[string](pipeOp, in.d, params)
	if out.d.err == nil {
		out.d.err = err
	}
	return out
}

func declarePipe() *pipeline.Operator {
	_, t := record[string]()
	return declare("pipe", pipeline.Operator{
		Narrow: func(b *pipeline.Build, n pipeline.Node, streams []any) (any, error) {
			command, err := codec.Unmarshal[[]string](n.Params)
			if err != nil || len(command) == 0 {
				return nil, errors.Join(fmt.Errorf("%s has no program", n.Label), err)
			}
			up := streams[0].(pipeline.Stream[string])
			return pipeline.Stream[string](func(emit func(string)) error {
				p := piped{b: b, step: b.Enter(n.Label), emit: emit}
				return p.run(command, up)
			}), nil
		},
	}, []Declared{Named("weft:pipe")}, t)
}

// piped is one run of a program. Two goroutines move chunks between the program and this task's
// goroutine, which alone runs user code: it sends what it has and takes what comes, whichever is
// possible first, so that a program may answer at any time.
type piped struct {
	b    *pipeline.Build
	step *pipeline.Step
	emit func(string)

	toProgram chan []byte
	output    chan []byte // closed at the end of the program's output
	pending   []byte      // lines not yet sent
	partial   []byte      // begin of a line of the output
}

const pipeChunk = 64 << 10

func (p *piped) run(command []string, up pipeline.Stream[string]) (err error) {
	ctx, cancel := context.WithCancel(p.b.Ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	problem := &tail{limit: 4 << 10}
	cmd.Stderr = problem
	wait, err := p.start(cmd)
	if err != nil {
		return fmt.Errorf("start %s: %w", command[0], err)
	}
	defer func() {
		cancel()
		p.closeInput()
		_ = wait()
	}()
	if err := up(p.line); err != nil {
		return err
	}
	p.send()
	p.closeInput()
	for chunk := range p.output {
		p.lines(chunk)
	}
	if len(p.partial) > 0 {
		p.emit(string(p.partial))
	}
	if err := wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", command[0], err, problem.kept)
	}
	return nil
}

// start begins the program and the two goroutines. wait ends when all three have, and gives the
// program's outcome.
func (p *piped) start(cmd *exec.Cmd) (wait func() error, err error) {
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
	p.toProgram, p.output = make(chan []byte), make(chan []byte)
	ended := make(chan error, 1)
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		feed(stdin, p.toProgram)
	}()
	go func() {
		p.drain(stdout)
		<-fed
		ended <- cmd.Wait()
		close(ended)
	}()
	var outcome error
	return func() error {
		for range p.output { // an abandoned program's output, so that drain can end
		}
		if err, first := <-ended; first {
			outcome = err
		}
		return outcome
	}, nil
}

// feed writes to the program. A program may stop reading early, like head; the rest
// is dropped then.
func feed(stdin io.WriteCloser, chunks <-chan []byte) {
	defer stdin.Close()
	for chunk := range chunks {
		if _, err := stdin.Write(chunk); err != nil {
			for range chunks {
			}
			return
		}
	}
}

// closeInput tells the program that nothing follows. It may be called twice.
func (p *piped) closeInput() {
	if p.toProgram != nil {
		close(p.toProgram)
		p.toProgram = nil
	}
}

// drain reads from the program.
func (p *piped) drain(stdout io.Reader) {
	defer close(p.output)
	for {
		chunk := make([]byte, pipeChunk)
		n, err := stdout.Read(chunk)
		if n > 0 {
			p.output <- chunk[:n]
		}
		if err != nil {
			return
		}
	}
}

// line takes one record for the program.
func (p *piped) line(s string) {
	p.b.Take(p.step)
	p.pending = append(append(p.pending, s...), '\n')
	if len(p.pending) >= pipeChunk {
		p.send()
	}
}

// send hands the pending lines over, taking output while the program is not ready for them.
func (p *piped) send() {
	output := p.output
	for {
		select {
		case p.toProgram <- p.pending:
			p.pending = nil
			return
		case chunk, ok := <-output:
			if !ok {
				output = nil
				continue
			}
			p.lines(chunk)
		}
	}
}

// lines emits the whole lines of a chunk of output.
func (p *piped) lines(chunk []byte) {
	for {
		i := bytes.IndexByte(chunk, '\n')
		if i < 0 {
			p.partial = append(p.partial, chunk...)
			return
		}
		p.emit(string(p.partial) + string(chunk[:i]))
		p.partial, chunk = p.partial[:0], chunk[i+1:]
	}
}

// tail keeps the last bytes that were written to it.
type tail struct {
	kept  []byte
	limit int
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.limit; over > 0 {
		t.kept = bytes.Clone(t.kept[over:])
	}
	return len(p), nil
}
