package jobs

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

// TestNewJob goes from weft new to a result on the cluster, with weft's module as the Go command
// would fetch it: a zip from a module proxy.
func TestNewJob(t *testing.T) {
	u := newUser(t)
	const version = "v0.0.1-test"
	env := goEnv(t, proxy(t, version))
	dir := filepath.Join(u.TempDir(), "myjob")
	u.weft("new", "--weft", version, dir)
	for _, command := range []string{"mod tidy", "test ./...", "build -trimpath"} {
		cmd := exec.Command("go", strings.Fields(command)...)
		cmd.Dir, cmd.Env = dir, env
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", command, err, said)
		}
	}
	out := u.scratch()
	u.weft("fs", "put", u.file("text", "warp, weft and warp\n"), out+"/in")
	u.succeed(submission(unique(t), "cluster", filepath.Join(dir, "myjob"), out+"/in", out+"/counts"))
	got := lines(u.parts(out + "/counts"))
	slices.Sort(got)
	u.equal(got, []string{"and\t1", "warp\t2", "weft\t1"})
}

// proxy is a folder that serves this tree as a version of its module.
func proxy(t *testing.T, version string) string {
	t.Helper()
	const path = "github.com/weft-data/weft"
	dir := t.TempDir()
	at := filepath.Join(dir, path, "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"list": version + "\n", version + ".mod": string(mod),
		version + ".info": fmt.Sprintf("{%q: %q}", "Version", version),
	} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(at, version+".zip"), func(w io.Writer) error {
		return modzip.Create(w, module.Version{Path: path, Version: version}, sources(t, "../.."))
	})
	return dir
}

// source is a file of this tree.
type source struct{ root, name string }

func (s source) Path() string                 { return s.name }
func (s source) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(s.root, s.name)) }
func (s source) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(s.root, s.name)) }

// sources are the files that belong to the module: no build results, no module within.
func sources(t *testing.T, root string) (files []modzip.File) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (slices.Contains(built, name) || isModule(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			files = append(files, source{root, filepath.ToSlash(name)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// built are the folders that make and git fill.
var built = []string{"build", "bin", "dist", ".git"}

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func write(t *testing.T, path string, f func(io.Writer) error) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// goEnv is an environment in which the Go command finds weft in the folder, everything else where
// this machine has it already, and keeps what it fetches apart.
func goEnv(t *testing.T, proxy string) []string {
	t.Helper()
	said, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	cache, old, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
	return append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-modcacherw",
		"GOMODCACHE="+t.TempDir(), "GONOSUMDB=github.com/weft-data", "GONOSUMCHECK=1",
		"GOPROXY=file://"+proxy+",file://"+filepath.Join(cache, "cache/download")+","+old)
}
