package submit

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-data/weft/internal/marker"
)

// executable is an ELF file of headers only, and what follows them.
type executable struct {
	machine elf.Machine
	kind    elf.Type
	interp  bool
	body    []byte
}

func program() executable {
	return executable{machine: elf.EM_X86_64, kind: elf.ET_EXEC, body: marker.Want()}
}

// write puts the file into a directory of the test's.
func (e executable) write(t testing.TB) string {
	t.Helper()
	const headerSize, segmentSize = 64, 56
	h := elf.Header64{Type: uint16(e.kind), Machine: uint16(e.machine), Version: 1,
		Phoff: headerSize, Ehsize: headerSize, Phentsize: segmentSize, Phnum: 1}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS], h.Ident[elf.EI_DATA] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB)
	h.Ident[elf.EI_VERSION] = byte(elf.EV_CURRENT)
	segment := elf.Prog64{Type: uint32(elf.PT_LOAD)}
	if e.interp {
		segment.Type = uint32(elf.PT_INTERP)
	}
	var b bytes.Buffer
	for _, part := range []any{h, segment, e.body} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return write(t, b.Bytes())
}

func write(t testing.TB, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "prog")
	if err := os.WriteFile(name, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestCheckProgram(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*executable)
		want   error
	}{
		{"static for amd64", func(*executable) {}, nil},
		{"position independent", func(e *executable) { e.kind = elf.ET_DYN }, nil},
		{"for arm64", func(e *executable) { e.machine = elf.EM_AARCH64 }, ErrArch},
		{"dynamically linked", func(e *executable) { e.interp = true }, ErrDynamic},
		{"without weft.Main", func(e *executable) { e.body = []byte("no more") }, ErrNoMain},
		{"an object file", func(e *executable) { e.kind = elf.ET_REL }, ErrNotProgram},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := program()
			c.change(&e)
			p, err := CheckProgram(e.write(t))
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil && (p.Size == 0 || len(p.SHA256) != 64) {
				t.Errorf("program %+v", p)
			}
		})
	}
}

func TestCheckProgramRefusesOtherFiles(t *testing.T) {
	for name, path := range map[string]string{
		"a script":         write(t, []byte("#!/bin/sh\n")),
		"an empty file":    write(t, nil),
		"a torn header":    write(t, []byte(elf.ELFMAG+"\x02\x01\x01")),
		"a directory":      t.TempDir(),
		"a Windows binary": write(t, []byte("MZ\x90\x00")),
	} {
		if _, err := CheckProgram(path); !errors.Is(err, ErrNotProgram) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := CheckProgram(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestMarkerIsFoundWhereverItLies(t *testing.T) {
	for _, before := range []int{0, 1, scanChunk - 400, scanChunk - 160, scanChunk - 120, scanChunk,
		2*scanChunk - 130} {
		e := program()
		e.body = append(bytes.Repeat([]byte{'x'}, before), append(marker.Want(), "tail"...)...)
		path := e.write(t)
		p, err := CheckProgram(path)
		if err != nil {
			t.Fatalf("after %d bytes: %v", before, err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); p.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("after %d bytes: hash %s", before, p.SHA256)
		}
	}
}

// A header may say anything; reading it must end with an answer.
func FuzzCheckProgram(f *testing.F) {
	whole, err := os.ReadFile(program().write(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:70])
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := CheckProgram(write(t, data))
		if err == nil && p.Size != int64(len(data)) {
			t.Errorf("size %d of %d bytes", p.Size, len(data))
		}
	})
}
