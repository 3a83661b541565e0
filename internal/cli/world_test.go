package cli

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/weft-data/weft/internal/marker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is what a command line runs in.
type world struct {
	t     *testing.T
	dir   string
	env   map[string]string
	stdin string
	exec  *executed // what submit put in its own place
}

type executed struct {
	path          string
	argv, environ []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{t: t, dir: t.TempDir(), env: map[string]string{"HADOOP_USER_NAME": "alice"}}
}

// file writes a file of the world and returns its path.
func (w *world) file(name, content string, mode os.FileMode) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// hadoop sets HADOOP_CONF_DIR to a directory with these properties, key and value in turn.
func (w *world) hadoop(properties ...string) {
	w.t.Helper()
	var b strings.Builder
	b.WriteString("<configuration>\n")
	for i := 0; i < len(properties); i += 2 {
		b.WriteString("<property><name>" + properties[i] + "</name><value>" + properties[i+1] +
			"</value></property>\n")
	}
	b.WriteString("</configuration>\n")
	w.env["HADOOP_CONF_DIR"] = filepath.Dir(w.file("conf/core-site.xml", b.String(), 0o644))
}

// program writes what passes for a static Linux program that calls weft.Main.
func (w *world) program(name string) string {
	w.t.Helper()
	head := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB),
			byte(elf.EV_CURRENT)},
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Ehsize: 64, Phentsize: 56, Shentsize: 64,
	}
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, head); err != nil {
		w.t.Fatal(err)
	}
	b.Write(marker.Want())
	return w.file(name, b.String(), 0o755)
}

// result is what a command line did.
type result struct {
	code     int
	out, err string
}

var errExec = errors.New("exec format error")

// run runs one command line to its end.
func (w *world) run(args ...string) result {
	w.t.Helper()
	var out, errs buffer
	code := w.start(context.Background(), &out, &errs, args...)
	return result{code, out.String(), errs.String()}
}

func (w *world) start(ctx context.Context, out, errs *buffer, args ...string) int {
	environ := []string{"PATH=/bin", "WEFT_SUBMIT=old"}
	return Run(ctx, Env{
		Args: args, Stdin: strings.NewReader(w.stdin), Stdout: out, Stderr: errs,
		Getenv: func(k string) string { return w.env[k] }, Environ: environ,
		Version: "v1.2.3", Now: time.Now,
		Exec: func(path string, argv, env []string) error {
			w.exec = &executed{path, argv, env}
			return errExec
		},
	})
}

// ok fails the test unless the command line succeeded, and returns what it printed.
func (w *world) ok(args ...string) string {
	w.t.Helper()
	r := w.run(args...)
	if r.code != 0 || r.err != "" {
		w.t.Fatalf("weft %s: exit %d, stderr %q", strings.Join(args, " "), r.code, r.err)
	}
	return r.out
}

// fails fails the test unless the command line ended with the code and this one line.
func (w *world) fails(code int, line string, args ...string) {
	w.t.Helper()
	r := w.run(args...)
	got := strings.ReplaceAll(r.err, w.dir, "DIR")
	if r.code != code || got != "weft: "+line+"\n" || r.out != "" {
		w.t.Errorf("weft %s\nexit %d, want %d\ngot  %swant weft: %s\nstdout %q",
			strings.Join(args, " "), r.code, code, got, line, r.out)
	}
}

// buffer is a stream that several goroutines may use.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
