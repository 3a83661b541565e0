package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// made makes a release of this machine's architecture.
func made(t *testing.T) release {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	r := release{root: root, out: filepath.Join(t.TempDir(), "dist"), version: "1.2.3",
		jar:    filepath.Join(root, "bin/auxservice/weft-shuffle-service.jar"),
		made:   time.Unix(1_700_000_000, 0).UTC(),
		arches: []string{runtime.GOARCH}}
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	said, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, said)
	}
	return string(said)
}

func TestRelease(t *testing.T) {
	r := made(t)
	t.Run("the archive is whole", func(t *testing.T) {
		names := archived(t, filepath.Join(r.out, "weft-1.2.3-linux-"+runtime.GOARCH+".tar.gz"))
		for _, name := range []string{"bin/weft", "lib/weft/weft-shuffled",
			"lib/weft/weft-shuffle-service.jar", "share/man/man1/weft-submit.1",
			"share/bash-completion/completions/weft", "LICENSE", "NOTICE"} {
			if !slices.Contains(names, "weft-1.2.3-linux-"+runtime.GOARCH+"/"+name) {
				t.Errorf("%s is missing among %v", name, names)
			}
		}
	})
	t.Run("a package is installed and removed", func(t *testing.T) { install(t, r) })
	t.Run("the same tree gives the same bytes", func(t *testing.T) {
		sums := func(r release) []byte {
			text, err := os.ReadFile(filepath.Join(r.out, "SHA256SUMS"))
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		if first, second := sums(r), sums(made(t)); !bytes.Equal(first, second) {
			t.Errorf("first\n%sthen\n%s", first, second)
		}
	})
}

// archived are the names in a tar.gz.
func archived(t *testing.T, path string) (names []string) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for list := tar.NewReader(zip); ; {
		h, err := list.Next()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

// install puts both Debian packages into a root of their own, runs what is in them and removes them.
func install(t *testing.T, r release) {
	root := t.TempDir()
	for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg", name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dpkg := []string{"--root=" + root, "--force-not-root", "--force-script-chrootless"}
	for _, name := range []string{"weft", "weft-shuffle-service"} {
		deb := filepath.Join(r.out, name+"_1.2.3_"+runtime.GOARCH+".deb")
		output(t, "dpkg", append(dpkg, "-i", deb)...)
	}
	if said := output(t, filepath.Join(root, "usr/bin/weft"), "version"); !strings.HasPrefix(said, "weft v1.2.3 ") {
		t.Errorf("the installed weft says %q", said)
	}
	if _, err := os.Stat(filepath.Join(root, "usr/lib/weft/weft-shuffle-service.jar")); err != nil {
		t.Error(err)
	}
	output(t, "dpkg", append(dpkg, "--purge", "weft", "weft-shuffle-service")...)
	if _, err := os.Stat(filepath.Join(root, "usr")); !os.IsNotExist(err) {
		t.Errorf("the removed packages leave something in usr: %v", err)
	}
}
