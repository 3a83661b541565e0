package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/weft-data/weft/executor"
)

// Operator is a declared operator: its identity and how a task wires it. Exactly the functions that
// its place in a plan needs are set.
type Operator struct {
	ID    string // place of the declaration, or the name that was given
	Kind  string // "flatMap"
	Site  string // file:line of the declaration
	Types string // the types it was declared with, part of the manifest

	// Narrow wires streams of inputs into the stream of the operator's records.
	Narrow func(b *Build, n Node, in []any) (any, error)
	// Write consumes the records of input i of a wide operator into a shuffle.
	Write func(b *Build, t Target, in any) (executor.Result, error)
	// Read makes the stream of a wide operator's partition from its inputs.
	Read func(b *Build, n Node, in []Wide) (any, error)
	// Act consumes the records of an action's partition.
	Act func(b *Build, t Target, in any) (executor.Result, error)
	// Fold merges a task's part of an accumulator into what the driver has; nil is nothing yet.
	Fold func(into any, part []byte) (any, error)
}

// String names the operator for people: "flatMap at main.go:21".
func (o *Operator) String() string { return o.Kind + " at " + ShortSite(o.Site) }

// registry is the one mutable package variable of weft: operators are declared as package variables
// of the user's program, and an executor must find them by identity.
var registry = struct {
	mu     sync.Mutex
	byID   map[string]*Operator
	errs   []error
	sealed string // where Main was called
}{byID: map[string]*Operator{}}

// Register adds a declared operator. An identity used twice, or a declaration after Main began, is
// kept as an error that names both places; Seal reports it.
func Register(o *Operator) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if registry.sealed != "" && strings.HasPrefix(o.ID, builtin) {
		return // the operator that named the type is reported
	}
	if registry.sealed != "" {
		registry.errs = append(registry.errs, fmt.Errorf("%s is declared after weft.Main began (%s): "+
			"executors would not know it; declare it as a package variable", o, registry.sealed))
	}
	if first := registry.byID[o.ID]; first != nil {
		if first.Types == o.Types && first.Kind == o.Kind && strings.HasPrefix(o.ID, builtin) {
			return
		}
		registry.errs = append(registry.errs, fmt.Errorf("operator %q is declared twice: %s (%s) and "+
			"%s (%s); give one of them a name with weft.Named, or a line of its own",
			o.ID, first.Kind, first.Site, o.Kind, o.Site))
		return
	}
	registry.byID[o.ID] = o
}

// builtin begins the identities of operators that come with a record type and need no declaration.
const builtin = "weft:"

// Builtin is the identity of operation kind on records of type name.
func Builtin(kind, typeName string) string { return builtin + kind + "[" + typeName + "]" }

// Seal ends the time of declarations; site says where. It returns what was declared wrongly.
func Seal(site string) error {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	registry.sealed = site
	return errors.Join(registry.errs...)
}

// Late returns what was declared wrongly so far, also after Seal.
func Late() error {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	return errors.Join(registry.errs...)
}

// Fault records a mistake in a declaration, such as a record type without a codec.
func Fault(err error) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	registry.errs = append(registry.errs, err)
}

// Lookup finds a declared operator.
func Lookup(id string) (*Operator, error) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if o := registry.byID[id]; o != nil {
		return o, nil
	}
	return nil, fmt.Errorf("operator %q is not declared in this program: declare it as a package "+
		"variable, not inside a function", id)
}

// Known reports whether any operator of the program declared the record type.
func Known(typeName string) bool {
	_, err := Lookup(Builtin("collect", typeName))
	return err == nil
}

// formats is the version of everything that two processes of one application must encode alike.
const formats = "weft formats 1"

// Manifest lists the declared operators, one a line, sorted, after the version of the formats.
// Driver and executors compare it.
func Manifest() []string {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	lines := append(make([]string, 0, 1+len(registry.byID)), formats)
	for _, id := range slices.Sorted(maps.Keys(registry.byID)) {
		o := registry.byID[id]
		lines = append(lines, fmt.Sprintf("%s %s %s", o.ID, o.Kind, o.Types))
	}
	return lines
}

// CallSite is file:line of the nearest caller outside package weft's own files: skip frames up from
// here, then those whose function lies in one of weft's packages.
func CallSite() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if !own(f.Function, f.File) || !more {
			return fmt.Sprintf("%s:%d", siteFile(f), f.Line)
		}
	}
}

// own reports whether a frame belongs to weft itself. Its tests and examples are users
// like any other.
func own(function, file string) bool {
	if strings.HasSuffix(file, "_test.go") {
		return false
	}
	const module = "github.com/weft-data/weft"
	rest, ok := strings.CutPrefix(function, module)
	return ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/internal/pipeline."))
}

// siteFile names a frame's file by package path and base name, so that a site does not depend on
// the directory in which the program was built.
func siteFile(f runtime.Frame) string {
	pkg, _, _ := strings.Cut(f.Function[strings.LastIndexByte(f.Function, '/')+1:], ".")
	dir := f.Function[:strings.LastIndexByte(f.Function, '/')+1]
	return dir + pkg + "/" + filepath.Base(f.File)
}

// ShortSite is a site without its directories, for labels.
func ShortSite(site string) string { return site[strings.LastIndexByte(site, '/')+1:] }
