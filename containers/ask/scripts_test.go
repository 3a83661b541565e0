package ask_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/ask"
	"github.com/weft-data/weft/resource"
)

// TestScripts plays testdata: a line is what happens, the answer what the book says then.
// -rewrite writes the answers anew; read them before they are kept.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &script{T: t, book: ask.New(ask.Config{})}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return s.handle(d)
		})
	})
}

// script is a conversation with a book.
type script struct {
	*testing.T
	book *ask.Book
}

// handlers are the commands of a script.
var handlers = map[string]func(*script, *datadriven.TestData) string{
	"config": (*script).config, "nodes": (*script).nodes, "want": (*script).want,
	"heartbeat": (*script).heartbeat, "given": (*script).given, "gone": (*script).gone,
	"rejected": (*script).rejected, "exclude": (*script).exclude, "include": (*script).include,
}

func (s *script) handle(d *datadriven.TestData) string {
	h, known := handlers[d.Cmd]
	if !known {
		d.Fatalf(s.T, "there is no command %q", d.Cmd)
	}
	out := h(s, d)
	if out == "" {
		return "(nothing)\n"
	}
	return out
}

// config label=x types=(yarn.io/gpu) constrained: begin with an empty book.
func (s *script) config(d *datadriven.TestData) string {
	c := ask.Config{Constrained: d.HasArg("constrained")}
	d.MaybeScanArgs(s.T, "label", &c.Label)
	if d.HasArg("types") {
		for _, a := range d.CmdArgs {
			if a.Key == "types" {
				c.Types = a.Vals
			}
		}
	}
	s.book = ask.New(c)
	return ""
}

// nodes, then a line for each: host memory=4096 used=1024 rack=/r1 label=x state=lost gpu=2
func (s *script) nodes(d *datadriven.TestData) string {
	var list []ask.Node
	for _, line := range strings.Split(d.Input, "\n") {
		host, args := s.parse(line)
		list = append(list, ask.Node{
			Host: host, Rack: args["rack"], Usable: args["state"] == "", Labels: labels(args["label"]),
			Has: resource.Make(resource.Megabytes(s.number(args["memory"])), 8,
				resource.Amount{Name: "yarn.io/gpu", Count: s.number(args["gpu"])}),
			Used: resource.Make(resource.Megabytes(s.number(args["used"])), 0),
		})
	}
	s.book.Nodes(list)
	return s.dirty()
}

func labels(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// want, then a line for each profile: 0 count=4 memory=1024 spare=1 gpu=1 hosts=h1:2+h2:1
func (s *script) want(d *datadriven.TestData) string {
	var asks []containers.Ask
	for line := range strings.Lines(d.Input) {
		profile, args := s.parse(line)
		a := containers.Ask{
			Profile: resource.ID(s.number(profile)), Count: int(s.number(args["count"])),
			Spare: int(s.number(args["spare"])),
			Resource: resource.Make(resource.Megabytes(s.number(args["memory"])), 1,
				resource.Amount{Name: "yarn.io/gpu", Count: s.number(args["gpu"])}),
		}
		for h := range strings.SplitSeq(args["hosts"], "+") {
			if host, count, ok := strings.Cut(h, ":"); ok {
				hint := containers.HostCount{Host: host, Count: int(s.number(count))}
				a.Hosts = append(a.Hosts, hint)
			}
		}
		asks = append(asks, a)
	}
	s.book.Want(asks)
	return s.dirty()
}

// heartbeat prints what is said. Lines below it are what the answer brings, as given says it.
func (s *script) heartbeat(d *datadriven.TestData) string {
	var b strings.Builder
	for _, row := range s.book.Changes() {
		fmt.Fprintf(&b, "%s\n", row)
	}
	for line := range strings.Lines(d.Input) {
		profile, args := s.parse(line)
		b.WriteString(s.take(profile, args["host"], args["spare"] != ""))
	}
	s.book.Answered()
	return b.String() + s.dirty()
}

// given 0 host=h1 count=2: containers that come with a heartbeat that says nothing new.
func (s *script) given(d *datadriven.TestData) string {
	profile, host, count := s.one(d)
	var b strings.Builder
	for range count {
		b.WriteString(s.take(profile, host, false))
	}
	return b.String() + s.dirty()
}

func (s *script) take(profile, host string, spare bool) string {
	line := ask.Line{Profile: resource.ID(s.number(profile)), Spare: spare}
	if !s.book.Given(line, host) {
		return fmt.Sprintf("%s on %s is not wanted and goes back\n", line, host)
	}
	return fmt.Sprintf("%s has %s\n", line, host)
}

// gone 0 host=h1 [spare]
func (s *script) gone(d *datadriven.TestData) string {
	profile, host, count := s.one(d)
	line := ask.Line{Profile: resource.ID(s.number(profile)), Spare: d.HasArg("spare")}
	for range count {
		s.book.Gone(line, host)
	}
	return s.dirty()
}

// rejected 0 turn=1 count=2: containers that the scheduler cannot place.
func (s *script) rejected(d *datadriven.TestData) string {
	var turn, count int
	d.ScanArgs(s.T, "turn", &turn)
	d.ScanArgs(s.T, "count", &count)
	s.book.Rejected(ask.Line{Profile: resource.ID(s.number(d.CmdArgs[0].Key))}, turn, count)
	return s.dirty()
}

func (s *script) exclude(d *datadriven.TestData) string { return s.setExcluded(d, true) }
func (s *script) include(d *datadriven.TestData) string { return s.setExcluded(d, false) }

func (s *script) setExcluded(d *datadriven.TestData, on bool) string {
	for _, a := range d.CmdArgs {
		s.book.Exclude(a.Key, on)
	}
	return s.dirty()
}

// one reads "0 host=h1 count=2".
func (s *script) one(d *datadriven.TestData) (profile, host string, count int) {
	count = 1
	d.MaybeScanArgs(s.T, "count", &count)
	d.ScanArgs(s.T, "host", &host)
	return d.CmdArgs[0].Key, host, count
}

// dirty says how many containers are to come and whether the next heartbeat has something to say.
func (s *script) dirty() string {
	out := fmt.Sprintf("open %d", s.book.Open())
	if s.book.Dirty() {
		out += ", to be said"
	}
	return out + "\n"
}

func (s *script) parse(line string) (string, map[string]string) {
	words := strings.Fields(line)
	args := map[string]string{}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		args[key] = value
	}
	return words[0], args
}

// number reads a number; nothing is 0.
func (s *script) number(word string) int64 {
	if word == "" {
		return 0
	}
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		s.Fatal(err)
	}
	return n
}
