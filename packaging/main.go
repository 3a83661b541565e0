package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// release is one run.
type release struct {
	root    string // the source tree
	out     string // where everything goes
	work    string // what is put into packages; removed at the end
	jar     string // of the shuffle service
	version string // "1.2.3", without v
	made    time.Time
	arches  []string // what is built, by Go's names
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "packaging:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("packaging", flag.ContinueOnError)
	root := flags.String("root", "..", "weft's source tree")
	out := flags.String("out", "../dist", "folder for the packages, made anew")
	version := flags.String("version", "", "version, v1.2.3")
	seconds := flags.Int64("time", 0, "time of all files, in seconds since 1970")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *version == "" {
		return fmt.Errorf("-version is missing")
	}
	r := release{version: strings.TrimPrefix(*version, "v"), made: time.Unix(*seconds, 0).UTC(),
		arches: []string{"amd64", "arm64"}}
	var err error
	if r.root, err = filepath.Abs(*root); err != nil {
		return err
	}
	if r.out, err = filepath.Abs(*out); err != nil {
		return err
	}
	r.jar = filepath.Join(r.root, "bin/auxservice/weft-shuffle-service.jar")
	return r.make(ctx)
}

// make makes everything, or nothing.
func (r release) make(ctx context.Context) error {
	return anew(r.out, func(dir string) error {
		r.out = dir
		return r.fill(ctx)
	})
}

// fill makes one thing after the other.
func (r release) fill(ctx context.Context) (err error) {
	if r.work, err = os.MkdirTemp("", "weft-dist-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.work)) }()
	if err := r.pages(); err != nil {
		return fmt.Errorf("write man pages and completions: %w", err)
	}
	for _, arch := range r.arches {
		if err := r.makeFor(ctx, arch); err != nil {
			return fmt.Errorf("%s: %w", arch, err)
		}
	}
	if err := r.image(); err != nil {
		return fmt.Errorf("make the image: %w", err)
	}
	return r.sums()
}

func (r release) makeFor(ctx context.Context, arch string) error {
	if err := r.build(ctx, arch); err != nil {
		return err
	}
	if err := r.materials(arch); err != nil {
		return fmt.Errorf("list what is in the programs: %w", err)
	}
	if err := r.archive(arch); err != nil {
		return fmt.Errorf("make the archive: %w", err)
	}
	return r.packages(arch)
}
