package auxsite

import (
	"archive/zip"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Problem is why the NodeManager could not run the service, with what to do about it.
type Problem string

// Check looks at the service's files on this host: both there, what they should be, to be read and
// run by the NodeManager's user, whoever that is, and to be written by their owner alone.
func Check(s Service) []Problem {
	if _, err := os.Stat(s.Dir); err != nil {
		return []Problem{problemf("%v", err)}
	}
	problems := checkFolders(s.Dir)
	problems = append(problems, checkFile(filepath.Join(s.Dir, jarName), 0o444, isService)...)
	problems = append(problems, checkFile(filepath.Join(s.Dir, program), 0o555, isProgram)...)
	if s.Name == FirstName {
		return problems
	}
	if site := filepath.Join(s.Dir, ownSite); !exists(site) {
		problems = append(problems, problemf("%s is missing: a second service needs ports of its own",
			site))
	}
	return problems
}

func problemf(format string, args ...any) Problem { return Problem(fmt.Sprintf(format, args...)) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// checkFolders looks at a folder and all above it.
func checkFolders(dir string) (problems []Problem) {
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err != nil:
			problems = append(problems, problemf("%v", err))
		case !info.IsDir():
			problems = append(problems, problemf("%s is no directory", dir))
		case info.Mode()&0o001 == 0:
			problems = append(problems, problemf("%s may not be entered by everybody: chmod o+x %[1]s",
				dir))
		case info.Mode()&0o002 != 0 && info.Mode()&os.ModeSticky == 0:
			problems = append(problems, problemf("%s may be written by everybody: chmod o-w %[1]s", dir))
		}
		if dir == filepath.Dir(dir) {
			slices.Reverse(problems)
			return problems
		}
	}
}

// checkFile looks at one file: what everybody must be allowed, and what is in it.
func checkFile(path string, everybody os.FileMode, kind func(string) error) []Problem {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return []Problem{problemf("%v", err)}
	case !info.Mode().IsRegular():
		return []Problem{problemf("%s is no file", path)}
	}
	var problems []Problem
	if info.Mode().Perm()&everybody != everybody || info.Mode()&0o022 != 0 {
		problems = append(problems, problemf("%s has mode %04o: chmod %04o %[1]s", path,
			info.Mode().Perm(), everybody|0o200))
	}
	if err := kind(path); err != nil {
		problems = append(problems, problemf("%s: %v", path, err))
	}
	return problems
}

// isService says whether a jar has the class that YARN is told to load.
func isService(path string) error {
	jar, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer jar.Close()
	want := strings.ReplaceAll(class, ".", "/") + ".class"
	if !slices.ContainsFunc(jar.File, func(f *zip.File) bool { return f.Name == want }) {
		return fmt.Errorf("has no class %s", class)
	}
	return nil
}

// isProgram says whether a file is a program for Linux.
func isProgram(path string) error {
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("no program for Linux: %w", err)
	}
	return f.Close()
}
