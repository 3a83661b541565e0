package jobs

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A mistake of the user, and what weft must say about it.
type mistake struct {
	name  string
	conf  []string // --conf and other flags of submit
	env   []string
	run   []string // program and arguments; OUT is the output directory
	says  []string // parts of the one line: what, which, what to do
	early bool     // found before anything is submitted: exit code 2
	warns bool     // the driver's log has warnings before that line

	nobody bool // root may read everything, nobody may not
}

// TestBadInput makes every mistake in both deploy modes: one line says it, and nothing is left.
func TestBadInput(t *testing.T) {
	u := newUser(t)
	dir := u.scratch()
	u.weft("fs", "put", u.file("words", "a b a\n"), dir+"/in")
	u.weft("fs", "mkdir", dir+"/exists")
	u.weft("fs", "put", u.file("secret", "a b a\n"), dir+"/secret")
	if _, err := u.cluster.HDFS(t.Context(), "-chmod", "000", dir+"/secret"); err != nil {
		t.Fatal(err)
	}
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			for _, m := range u.mistakes(dir) {
				t.Run(m.name, func(t *testing.T) { newUser(t).regret(mode, m) })
			}
		})
	}
}

func (u *user) mistakes(dir string) []mistake {
	counts := []string{"wordcount", dir + "/in", "OUT"}
	broken := u.file("core-site.xml", "<configuration>\n<property>\n<name>fs.defaultFS</configuration>")
	unreadable := u.file("core-site.xml", "<configuration/>")
	if err := os.Chmod(unreadable, 0); err != nil {
		u.Fatal(err)
	}
	closed := u.closedPort()
	return []mistake{
		{name: "missing input", run: []string{"wordcount", dir + "/nosuch", "OUT"},
			says: []string{"read input " + dir + "/nosuch", "does not exist"}},
		{name: "unreadable input", env: []string{"HADOOP_USER_NAME=stranger"},
			run:  []string{"wordcount", dir + "/secret", "OUT"},
			says: []string{dir + "/secret", "Permission denied: user=stranger", "make it readable"}},
		{name: "output exists", run: []string{"wordcount", dir + "/in", dir + "/exists"},
			says: []string{"output directory exists", dir + "/exists", "choose another or remove it"}},
		{name: "no configuration", env: []string{"HADOOP_CONF_DIR="}, run: counts, early: true,
			says: []string{"HADOOP_CONF_DIR is not set", "set it to"}},
		{name: "missing configuration", env: []string{"HADOOP_CONF_DIR=/no/such"}, run: counts, early: true,
			says: []string{"HADOOP_CONF_DIR", "/no/such", "set it to"}},
		{name: "malformed configuration", env: []string{"HADOOP_CONF_DIR=" + filepath.Dir(broken)},
			run: counts, early: true, says: []string{broken, "core-site.xml:3: malformed XML", "correct the file"}},
		{name: "unreadable configuration", env: []string{"HADOOP_CONF_DIR=" + filepath.Dir(unreadable)},
			run: counts, early: true, nobody: true, says: []string{filepath.Dir(unreadable), "permission denied"}},
		{name: "ResourceManager not reachable", run: counts, early: true,
			conf: []string{"--conf", "weft.hadoop.yarn.resourcemanager.address=" + closed,
				"--conf", "weft.yarn.connect.timeout=2s"},
			says: []string{closed, "check that the ResourceManager runs"}},
		{name: "unknown queue", conf: []string{"--queue", "nosuch"}, run: counts, early: true,
			says: []string{"nosuch", "--queue"}},
		{name: "stopped queue", conf: []string{"--queue", "stopped"}, run: counts, early: true,
			says: []string{"stopped is stopped", "--queue"}},
		{name: "too much memory", conf: []string{"--executor-memory", "100g"}, run: counts, early: true,
			says: []string{"112640 MB", "6144 MB", "lower weft.executor.memory"}},
		{name: "too many cores", conf: []string{"--executor-cores", "100"}, run: counts, early: true,
			says: []string{"100 cores", "which has 8", "lower weft.executor.cores"}},
		{name: "another architecture", run: []string{"elsewhere"}, early: true,
			says: []string{"another architecture", "EM_AARCH64", "GOARCH=amd64 go build"}},
		{name: "dynamically linked", run: []string{"dynamic"}, early: true,
			says: []string{"dynamically linked", "CGO_ENABLED=0"}},
		{name: "no weft.Main", run: []string{"nomain"}, early: true,
			says: []string{"nomain", "does not call weft.Main", "weft.Main(run)"}},
		{name: "operator declared twice", run: []string{"twice"},
			says: []string{`operator "the one" is declared twice`, "main.go:13", "main.go:14", "weft.Named"}},
		{name: "operator declared late", run: []string{"misbehave", "late", "OUT"},
			says: []string{": map at main.go:81 is declared after weft.Main began", "as a package variable"}},
		{name: "operator panics", run: []string{"misbehave", "panic", "OUT"},
			says: []string{"task 0.1 failed 4 times", "partition 1", "operator map at main.go:75",
				"record 8", "panic: no room for 17"}},
		{name: "operator fails", run: []string{"misbehave", "fail", "OUT"},
			says: []string{"partition 1", "operator map at main.go:77", "record 8", "17 is not allowed"}},
		{name: "no codec", run: []string{"nocodec"},
			says: []string{"main.go:18", "Ticket.Called", "cannot travel", "use a plain data type"}},
		{name: "driver fails", run: []string{"misbehave", "driver", "OUT"},
			says: []string{"the moon is in the wrong phase"}},
		{name: "killed for memory", run: []string{"misbehave", "hungry", "OUT"},
			conf: []string{"--conf", "weft.task.maxFailures=1"}, warns: true,
			says: []string{"memory", "weft.executor.memoryOverhead"}},
	}
}

// regret makes one mistake and looks at what follows.
func (u *user) regret(mode string, m mistake) {
	u.Helper()
	name := unique(u.T)
	out, staging := "/tmp/"+name, "/tmp/"+name+"-staging"
	owner := u.as(m.env...)
	owner.env = slices.DeleteFunc(owner.env, func(v string) bool { return !strings.HasPrefix(v, "HADOOP_USER") })
	owner.weft("fs", "mkdir", staging)
	u.Cleanup(func() { u.weft("fs", "rm", "-r", staging) })
	args := submission(name, mode, append(m.conf, "--conf", "weft.yarn.stagingDir="+staging)...)
	args = append(args, "--progress", "off", program(m.run[0]))
	for _, arg := range m.run[1:] {
		args = append(args, strings.ReplaceAll(arg, "OUT", out))
	}
	someone := u.as(m.env...)
	someone.nobody = m.nobody
	r := someone.start("weft", args...)
	code := r.code()
	if code == 0 || m.early && code != 2 {
		u.Errorf("exit code %d", code)
	}
	said := lines(r.stderr.String())
	if len(said) != 1 && !m.warns {
		u.Errorf("not one line:\n%s", &r.stderr)
	}
	for _, part := range m.says {
		if !strings.Contains(said[len(said)-1], part) {
			u.Errorf("no %q in %s", part, said[len(said)-1])
		}
	}
	u.noneLeft(name)
	u.absent(out)
	if submitted := len(u.applications(name)) > 0; submitted && m.early {
		u.Error("submitted")
	}
	if left := u.staged(staging); len(left) > 1 || len(left) > 0 && m.early {
		u.Errorf("staged %q", left)
	}
}

// file writes a file of a directory of its own on this machine.
func (u *user) file(name, content string) string {
	u.Helper()
	path := filepath.Join(u.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		u.Fatal(err)
	}
	return path
}

// closedPort is an address where nobody listens.
func (u *user) closedPort() string {
	u.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		u.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestUnreachableResourceManagerIsGivenUpInTime asserts the limit that the user sets.
func TestUnreachableResourceManagerIsGivenUpInTime(t *testing.T) {
	u := newUser(t)
	began := time.Now()
	r := u.start("weft", submission(unique(t), "cluster",
		"--conf", "weft.hadoop.yarn.resourcemanager.address="+u.closedPort(),
		"--conf", "weft.yarn.connect.timeout=2s", program("pi"))...)
	if code := r.code(); code != 2 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(began); took < time.Second || took > 20*time.Second {
		t.Errorf("gave up after %s; the limit is 2s", took)
	}
}
