package auxsite

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// installation is a folder with the service's files below a temporary one, which everybody may enter.
func installation(t *testing.T) Service {
	t.Helper()
	dir := t.TempDir()
	for above := dir; above != os.TempDir() && above != "/"; above = filepath.Dir(above) {
		if err := os.Chmod(above, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	jar, err := os.Create(filepath.Join(dir, jarName))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(jar)
	if _, err := z.Create(strings.ReplaceAll(class, ".", "/") + ".class"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := jar.Close(); err != nil {
		t.Fatal(err)
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, program), string(self), 0o755)
	return Service{Name: FirstName, Dir: dir}
}

func put(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestCheck breaks one thing at a time: the one problem names it, and DIR is its folder.
func TestCheck(t *testing.T) {
	for want, breakIt := range map[string]func(s *Service) error{
		"": func(*Service) error { return nil },
		"stat DIR/weft-shuffled: no such file or directory": func(s *Service) error {
			return os.Remove(filepath.Join(s.Dir, program))
		},
		"DIR/weft-shuffled has mode 0644: chmod 0755 DIR/weft-shuffled": func(s *Service) error {
			return os.Chmod(filepath.Join(s.Dir, program), 0o644)
		},
		"DIR/weft-shuffle-service.jar has mode 0640: chmod 0644 DIR/weft-shuffle-service.jar": func(
			s *Service) error {
			return os.Chmod(filepath.Join(s.Dir, jarName), 0o640)
		},
		"DIR/weft-shuffled: no program for Linux: bad magic number '[35 33 47 98]' in record at byte 0x0": func(
			s *Service) error {
			return os.WriteFile(filepath.Join(s.Dir, program), []byte("#!/bin/sh text of a script"), 0o755)
		},
		"DIR/weft-shuffle-service.jar: zip: not a valid zip file": func(s *Service) error {
			return os.WriteFile(filepath.Join(s.Dir, jarName), []byte("text"), 0o644)
		},
		"DIR may not be entered by everybody: chmod o+x DIR": func(s *Service) error {
			return os.Chmod(s.Dir, 0o750)
		},
		"DIR may be written by everybody: chmod o-w DIR": func(s *Service) error {
			return os.Chmod(s.Dir, 0o777)
		},
		"DIR/weft-shuffle-site.xml is missing: a second service needs ports of its own": func(
			s *Service) error {
			s.Name = "weft_shuffle_2"
			return nil
		},
		"stat DIR/none: no such file or directory": func(s *Service) error {
			s.Dir = filepath.Join(s.Dir, "none")
			return nil
		},
	} {
		s := installation(t)
		dir := s.Dir
		if err := breakIt(&s); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range Check(s) {
			got = append(got, strings.ReplaceAll(string(p), dir, "DIR"))
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
