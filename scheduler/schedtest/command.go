package schedtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// command is a parsed line: bare words in order, and keys with their values. Each key may
// be asked for once more than it is given: what nobody asked for is a mistake in the script.
type command struct {
	words []string
	keys  map[string][]string
	order []string
	asked map[string]bool
	lines []string
}

func newCommand(d *datadriven.TestData) *command {
	c := &command{keys: map[string][]string{}, asked: map[string]bool{}}
	for _, a := range d.CmdArgs {
		c.add(a)
	}
	if d.Input != "" {
		c.lines = strings.Split(d.Input, "\n")
	}
	return c
}

// parseLine reads a line of a command's input as if it were a command; its name is the first
// word.
func parseLine(line string) (string, *command, error) {
	name, args, err := datadriven.ParseLine(line)
	if err != nil {
		return "", nil, err
	}
	c := &command{keys: map[string][]string{}, asked: map[string]bool{}}
	for _, a := range args {
		c.add(a)
	}
	return name, c, nil
}

func (c *command) add(a datadriven.CmdArg) {
	if a.Vals == nil {
		c.words = append(c.words, a.Key)
		return
	}
	c.keys[a.Key] = a.Vals
	c.order = append(c.order, a.Key)
}

// unused reports keys that the command does not have.
func (c *command) unused() error {
	for _, k := range c.order {
		if !c.asked[k] {
			return fmt.Errorf("this command has no %s=", k)
		}
	}
	return nil
}

// flag takes a bare word.
func (c *command) flag(name string) bool {
	for i, w := range c.words {
		if w == name {
			c.words = append(c.words[:i], c.words[i+1:]...)
			return true
		}
	}
	return false
}

func (c *command) list(key string) []string {
	c.asked[key] = true
	return c.keys[key]
}

func (c *command) text(key, def string) string {
	if v := c.list(key); v != nil {
		return strings.Join(v, ", ")
	}
	return def
}

func (c *command) number(key string, def int) (int, error) {
	v := c.list(key)
	if v == nil {
		return def, nil
	}
	n, err := strconv.Atoi(v[0])
	if err != nil {
		return 0, fmt.Errorf("%s=%s is no number", key, v[0])
	}
	return n, nil
}

func (c *command) duration(key string, def time.Duration) (time.Duration, error) {
	v := c.list(key)
	if v == nil {
		return def, nil
	}
	d, err := time.ParseDuration(v[0])
	if err != nil {
		return 0, fmt.Errorf("%s=%s is no duration such as 3s", key, v[0])
	}
	return d, nil
}

func (c *command) ratio(key string) (float64, error) {
	v := c.list(key)
	if v == nil {
		return 0, nil
	}
	f, err := strconv.ParseFloat(v[0], 64)
	if err != nil {
		return 0, fmt.Errorf("%s=%s is no number such as 0.75", key, v[0])
	}
	return f, nil
}

// numbers reads a list of numbers.
func numbers[T ~int32](c *command, key string) ([]T, error) {
	var list []T
	for _, v := range c.list(key) {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no number", key, v)
		}
		list = append(list, T(n))
	}
	return list, nil
}

// executor takes the first bare word as an executor: e3.
func (c *command) executor() (scheduler.ExecutorID, error) {
	if len(c.words) == 0 {
		return 0, fmt.Errorf("which executor?")
	}
	x, err := parseExecutor(c.words[0])
	c.words = c.words[1:]
	return x, err
}

func parseExecutor(word string) (scheduler.ExecutorID, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(word, "e"), 10, 32)
	if err != nil || !strings.HasPrefix(word, "e") {
		return 0, fmt.Errorf("%q is no executor such as e1", word)
	}
	return scheduler.ExecutorID(n), nil
}

// tasks reads the remaining bare words as tasks; attempt -1 where none is written.
func (c *command) tasks() ([]dag.Task, error) {
	var list []dag.Task
	for _, w := range c.words {
		more, err := parseTasks(w)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// parseTasks reads 3.7, 3.4-7 or 3.7/2.
func parseTasks(word string) ([]dag.Task, error) {
	bad := fmt.Errorf("%q is no task such as 3.7, 3.4-7 or 3.7/2", word)
	name, attempt, hasAttempt := strings.Cut(word, "/")
	stage, parts, _ := strings.Cut(name, ".")
	first, last, ranged := strings.Cut(parts, "-")
	if !ranged {
		last = first
	}
	if !hasAttempt {
		attempt = "-1"
	}
	var n [4]int
	for i, s := range [4]string{stage, first, last, attempt} {
		v, err := strconv.Atoi(s)
		if err != nil {
			return nil, bad
		}
		n[i] = v
	}
	var list []dag.Task
	for p := n[1]; p <= n[2]; p++ {
		list = append(list, dag.Task{Stage: dag.StageID(n[0]), Partition: int32(p), Attempt: int32(n[3])})
	}
	return list, nil
}

// nextID reads from which id on executors are added.
func (c *command) nextID(def scheduler.ExecutorID) (scheduler.ExecutorID, error) {
	n, err := c.number("id", int(def))
	return scheduler.ExecutorID(n), err
}
