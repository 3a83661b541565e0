package dynalloc_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler/dynalloc"
)

// TestScripts plays the conversations in testdata: what becomes known, and below the dashes what
// the Allocator wants done. `go test ./scheduler/dynalloc -run Scripts -rewrite` writes that anew.
//
//	config min=N max=N initial=N ratio=F policy=ramp|direct backlog=D sustained=D idle=D
//	       cached-idle=D outputs-idle=D slots=N spare-copies      begins anew
//	profile id=N slots=N                             comes into use; a need is to follow
//	need [profile=N] pending=N running=N running-copies=N copies=N unschedulable=N
//	join n=N [profile=N] · leave e1 · busy e1 e2 · idle e1 · holds e1 cached outputs needed
//	advance by=D      asks again whenever that is wanted, and at the end
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		p := &play{}
		datadriven.RunTest(t, path, p.handle)
	})
}

// play is an Allocator and what a caller of it knows.
type play struct {
	*dynalloc.Allocator
	now   time.Duration
	next  dynalloc.Executor
	holds map[dynalloc.Executor]dynalloc.Holding
	wake  time.Duration
}

func (p *play) reset(t *testing.T, d *datadriven.TestData, s dynalloc.Settings, slots int) string {
	*p = play{next: 1, wake: -1, holds: map[dynalloc.Executor]dynalloc.Holding{}}
	holds := p.holds
	a, err := dynalloc.New(s, slots, func(x dynalloc.Executor) dynalloc.Holding { return holds[x] })
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	p.Allocator = a
	return quiet(p.ask(t, d))
}

func (p *play) handle(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "config":
		return p.config(t, d)
	case "profile":
		p.Open(resource.ID(number(t, d, "id")), number(t, d, "slots"))
		return quiet("") // a need follows
	case "need":
		p.Need(resource.ID(number(t, d, "profile")), dynalloc.Need{
			Pending: number(t, d, "pending"), Running: number(t, d, "running"),
			Copies: number(t, d, "running-copies"), Speculative: number(t, d, "copies"),
			Unschedulable: number(t, d, "unschedulable"),
		})
		return p.decide(t, d)
	case "join":
		for range max(number(t, d, "n"), 1) {
			p.Join(p.now, p.next, resource.ID(number(t, d, "profile")))
			p.next++
		}
		return p.decide(t, d)
	case "leave", "busy", "idle", "holds":
		return p.executors(t, d)
	case "advance":
		return p.advance(t, d)
	}
	d.Fatalf(t, "there is no command %q", d.Cmd)
	return ""
}

func (p *play) config(t *testing.T, d *datadriven.TestData) string {
	s := dynalloc.Settings{
		Min: number(t, d, "min"), Max: number(t, d, "max"), Initial: number(t, d, "initial"),
		Backlog: duration(t, d, "backlog"), Sustained: duration(t, d, "sustained"),
		Idle: duration(t, d, "idle"), CachedIdle: duration(t, d, "cached-idle"),
		OutputsIdle: duration(t, d, "outputs-idle"), SpareCopies: d.HasArg("spare-copies"),
	}
	if arg, ok := d.Arg("ratio"); ok {
		ratio, err := strconv.ParseFloat(arg.Vals[0], 64)
		if err != nil {
			d.Fatalf(t, "ratio: %v", err)
		}
		s.Ratio = ratio
	}
	if arg, ok := d.Arg("policy"); ok {
		policy, err := dynalloc.ParsePolicy(arg.Vals[0])
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		s.Policy = policy
	}
	return p.reset(t, d, s, number(t, d, "slots"))
}

// executors tells of some of them: the words before the first that is no executor.
func (p *play) executors(t *testing.T, d *datadriven.TestData) string {
	var held dynalloc.Holding
	for _, arg := range d.CmdArgs {
		held.Cached = held.Cached || arg.Key == "cached"
		held.Outputs = held.Outputs || arg.Key == "outputs" || arg.Key == "needed"
		held.Needed = held.Needed || arg.Key == "needed"
	}
	for _, arg := range d.CmdArgs {
		n, err := strconv.Atoi(strings.TrimPrefix(arg.Key, "e"))
		if err != nil {
			continue
		}
		x := dynalloc.Executor(n)
		switch d.Cmd {
		case "leave":
			p.Leave(x)
		case "busy":
			p.Busy(x)
		case "idle":
			p.Idle(p.now, x)
		case "holds":
			p.holds[x] = held
			p.Reconsider(x)
		}
	}
	return p.decide(t, d)
}

// advance lets time pass, and asks whenever it is wanted.
func (p *play) advance(t *testing.T, d *datadriven.TestData) string {
	end := p.now + duration(t, d, "by")
	var b strings.Builder
	for p.wake >= 0 && p.wake < end {
		p.now = max(p.wake, p.now)
		b.WriteString(p.ask(t, d))
	}
	p.now = end
	b.WriteString(p.ask(t, d))
	return quiet(b.String())
}

func (p *play) decide(t *testing.T, d *datadriven.TestData) string { return quiet(p.ask(t, d)) }

func quiet(out string) string {
	if out == "" {
		return "(nothing)\n"
	}
	return out
}

// ask prints a decision, each line with its time.
func (p *play) ask(t *testing.T, d *datadriven.TestData) string {
	var b strings.Builder
	got := p.Decide(p.now)
	if got.Targets != nil {
		fmt.Fprintf(&b, "%s: want %s\n", p.now, targets(got.Targets))
	}
	if got.Release != nil {
		fmt.Fprintf(&b, "%s: release %s\n", p.now, names(got.Release))
	}
	if p.wake = got.Wake; p.wake >= 0 && p.wake <= p.now {
		d.Fatalf(t, "at %s it wants to be asked at %s", p.now, p.wake)
	}
	if err := p.Check(); err != nil {
		d.Fatalf(t, "after %s: %v", d.Cmd, err)
	}
	return b.String()
}

// targets prints "3", with the profile where there are others: "3 (1 spare), 2 of profile 1".
func targets(list []dynalloc.Target) string {
	var words []string
	for _, t := range list {
		word := strconv.Itoa(t.Count)
		if t.Profile != resource.Default {
			word += fmt.Sprintf(" of profile %d", t.Profile)
		}
		if t.Spare > 0 {
			word += fmt.Sprintf(" (%d spare)", t.Spare)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func names(list []dynalloc.Executor) string {
	var words []string
	for _, x := range list {
		words = append(words, x.String())
	}
	return strings.Join(words, " ")
}

func number(t *testing.T, d *datadriven.TestData, key string) int {
	arg, ok := d.Arg(key)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(arg.Vals[0])
	if err != nil {
		d.Fatalf(t, "%s: %v", key, err)
	}
	return n
}

func duration(t *testing.T, d *datadriven.TestData, key string) time.Duration {
	arg, ok := d.Arg(key)
	if !ok {
		return 0
	}
	n, err := time.ParseDuration(arg.Vals[0])
	if err != nil {
		d.Fatalf(t, "%s: %v", key, err)
	}
	return n
}
