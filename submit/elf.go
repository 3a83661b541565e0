package submit

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/weft-data/weft/internal/marker"
)

// checkELF looks at the headers: system, machine, and whether a dynamic linker is asked for.
func checkELF(f *os.File) error {
	e, err := elf.NewFile(f)
	if err != nil {
		return fmt.Errorf("%w (%s)", ErrNotProgram, plain(err))
	}
	if e.Machine != elf.EM_X86_64 || e.Class != elf.ELFCLASS64 {
		return fmt.Errorf("%w (it is for %s)", ErrArch, e.Machine)
	}
	if e.OSABI != elf.ELFOSABI_NONE && e.OSABI != elf.ELFOSABI_LINUX {
		return fmt.Errorf("%w (it is for %s)", ErrNotProgram, e.OSABI)
	}
	if e.Type != elf.ET_EXEC && e.Type != elf.ET_DYN {
		return fmt.Errorf("%w (it is %s)", ErrNotProgram, e.Type)
	}
	for _, p := range e.Progs {
		if p.Type == elf.PT_INTERP {
			return ErrDynamic
		}
	}
	return nil
}

// plain takes the file offset out of an error of debug/elf: it means nothing to the user.
func plain(err error) string {
	var format *elf.FormatError
	if errors.As(err, &format) {
		return "bad magic number or a damaged header"
	}
	return err.Error()
}

// scanChunk is how much of the program is in memory at a time.
const scanChunk = 1 << 20

// scan hashes the file and looks for the marker of weft.Main, in one pass. The end of each chunk is
// kept in front of the next, so that the marker is found across the border.
func scan(f *os.File) (sum string, calls bool, err error) {
	want, hash := marker.Want(), sha256.New()
	keep := len(want) - 1
	buf := make([]byte, keep+scanChunk)
	kept := 0
	for offset := int64(0); ; {
		n, err := f.ReadAt(buf[kept:kept+scanChunk], offset)
		hash.Write(buf[kept : kept+n])
		calls = calls || bytes.Contains(buf[:kept+n], want)
		offset += int64(n)
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(hash.Sum(nil)), calls, nil
		}
		if err != nil {
			return "", false, err
		}
		kept = copy(buf, buf[max(0, kept+n-keep):kept+n])
	}
}
