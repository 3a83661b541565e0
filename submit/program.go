package submit

import (
	"errors"
	"fmt"
	"os"
)

// The reasons why a file cannot run on a cluster. Each text says how to build one that can.
var (
	ErrNotProgram = errors.New("not a program for Linux: build it with " + buildCommand)
	ErrArch       = errors.New("built for another architecture: build it with " + buildCommand)
	ErrDynamic    = errors.New("dynamically linked, which other machines may lack the libraries " +
		"for: build it with " + buildCommand)
	ErrNoMain = errors.New("does not call weft.Main: its main function must hand over to it, " +
		"func main() { weft.Main(run) }")
)

const buildCommand = "CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build"

// A Program is a checked executable file.
type Program struct {
	Path   string
	Size   int64
	SHA256 string // hex, of the whole file
}

// CheckProgram reads a program from begin to end and says whether it can run on a cluster: an ELF
// file for Linux on amd64, statically linked, whose main function calls weft.Main.
func CheckProgram(path string) (Program, error) {
	f, err := os.Open(path)
	if err != nil {
		return Program{}, fmt.Errorf("open program: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Program{}, fmt.Errorf("open program: %w", err)
	}
	if !info.Mode().IsRegular() {
		return Program{}, fmt.Errorf("program %s: %w", path, ErrNotProgram)
	}
	if err := checkELF(f); err != nil {
		return Program{}, fmt.Errorf("program %s: %w", path, err)
	}
	sum, calls, err := scan(f)
	if err != nil {
		return Program{}, fmt.Errorf("read program %s: %w", path, err)
	}
	if !calls {
		return Program{}, fmt.Errorf("program %s: %w", path, ErrNoMain)
	}
	return Program{Path: path, Size: info.Size(), SHA256: sum}, nil
}
