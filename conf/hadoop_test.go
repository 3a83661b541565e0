package conf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// siteDir writes files into a new directory.
func siteDir(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// site is a site file of name, value pairs.
func site(pairs ...string) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<configuration>\n")
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<property><name>%s</name><value>%s</value></property>\n",
			pairs[i], pairs[i+1])
	}
	return b.String() + "</configuration>\n"
}

func load(t testing.TB, files map[string]string) *Hadoop {
	t.Helper()
	h, err := LoadHadoop(siteDir(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestLaterFileWinsUnlessFinal(t *testing.T) {
	h := load(t, map[string]string{
		"core-site.xml": `<configuration>
			<property><name>a</name><value>core</value></property>
			<property><name> b </name><value>core</value><final> true </final></property>
			<property name="c" value="attribute"/>
		</configuration>`,
		"yarn-site.xml": site("a", "yarn", "b", "yarn"),
	})
	for key, want := range map[string]string{"a": "yarn", "b": "core", "c": "attribute", "d": ""} {
		if got := h.Get(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
}

func TestVariables(t *testing.T) {
	h := load(t, map[string]string{"core-site.xml": site(
		"base", "/data",
		"dir", "${base}/x",
		"twice", "${dir}:${dir}",
		"nested", "${${which}}", "which", "base",
		"unknown", "${nobody}/x",
		"loop", "${loop}", "one", "${two}", "two", "${one}",
		"env", "${env.CLUSTER}", "missing", "${env.NO_SUCH}",
		"default", "${env.NO_SUCH:-d-1}", "dash", "${env.NO_SUCH-d2}",
		"user", "/home/${user.name}",
	)})
	h.getenv = func(name string) string { return map[string]string{"CLUSTER": "prod"}[name] }
	h.system["user.name"] = "ann"
	for key, want := range map[string]string{
		"dir": "/data/x", "twice": "/data/x:/data/x", "nested": "/data",
		"unknown": "${nobody}/x", "loop": "${loop}", "one": "${two}",
		"env": "prod", "missing": "${env.NO_SUCH}", "default": "d-1", "dash": "d2",
		"user": "/home/ann",
	} {
		if got := h.Get(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
}

func TestVariablesTwentyDeep(t *testing.T) {
	h := NewHadoop()
	for i := range 30 {
		h.Set(fmt.Sprintf("k%d", i), fmt.Sprintf("${k%d}", i+1), "test")
	}
	h.Set("k30", "end", "test")
	if got := h.Get("k10"); got != "end" {
		t.Errorf("20 levels: %q, want end", got)
	}
	if got := h.Get("k9"); got != "${k10}" {
		t.Errorf("21 levels: %q, want the expression itself", got)
	}
}

func TestVariablesDoNotExplode(t *testing.T) {
	h := NewHadoop()
	h.Set("big", strings.Repeat("x", maxExpanded/2+1), "test")
	h.Set("bigger", "${big}${big}", "test")
	if got := h.Get("bigger"); got != "${big}${big}" {
		t.Errorf("%d bytes, want the expression itself", len(got))
	}
}

func TestInclude(t *testing.T) {
	h := load(t, map[string]string{
		"core-site.xml": `<configuration xmlns:xi="http://www.w3.org/2001/XInclude">
			<property><name>a</name><value>before</value></property>
			<xi:include href="more/extra.xml"/>
			<xi:include href="not-there.xml"><xi:fallback>
				<property><name>b</name><value>fallback</value></property>
			</xi:fallback></xi:include>
		</configuration>`,
		"more/extra.xml": `<configuration><include href="../last.xml"/></configuration>`,
		"last.xml":       site("a", "included"),
	})
	if h.Get("a") != "included" || h.Get("b") != "fallback" {
		t.Errorf("a = %q, b = %q", h.Get("a"), h.Get("b"))
	}
	if got := h.Explain("a").Source; !strings.HasSuffix(got, "last.xml:3") {
		t.Errorf("source of a: %s, want last.xml:3", got)
	}
}

func TestBadFiles(t *testing.T) {
	secret := filepath.Join(siteDir(t, map[string]string{"s.xml": site("a", "b")}), "s.xml")
	include := func(href string) string {
		return "<configuration>\n<include href=\"" + href + "\"/>\n</configuration>"
	}
	for _, c := range []struct {
		name, content, want string
	}{
		{"not closed", "<configuration>\n<property>\n</configuration>", "core-site.xml:3: malformed XML"},
		{"two roots", "<configuration/><a>", "core-site.xml:1: malformed XML"},
		{"empty", "", "no element"},
		{"another file", "<allocations/>", "outer element is <allocations>, want <configuration>"},
		{"undefined entity", "<configuration>\n&x;</configuration>", "core-site.xml:2: malformed XML"},
		{"external entity", `<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>` +
			"<configuration><property><name>a</name><value>&x;</value></property></configuration>",
			"malformed XML"},
		{"too deep", strings.Repeat("<configuration>", 100) + strings.Repeat("</configuration>", 100),
			"nested too deep"},
		{"include of nothing", include(""), "core-site.xml:2: include: no href"},
		{"include of itself", include("core-site.xml"), "includes itself"},
		{"include of a missing file", include("gone.xml"), "core-site.xml:2: include"},
		{"include from outside", include("../other.xml"), "only files below it"},
		{"include by full name", include(secret), "only files below it"},
		{"include by URL", include("http://host/x.xml"), "include"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := LoadHadoop(siteDir(t, map[string]string{"core-site.xml": c.content}))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("error of more than one line: %v", err)
			}
		})
	}
}

// A link that leads out of the directory is not followed by an include.
func TestIncludeThroughLink(t *testing.T) {
	outside := siteDir(t, map[string]string{"s.xml": site("a", "stolen")})
	dir := siteDir(t, map[string]string{
		"core-site.xml": `<configuration><include href="l.xml"/></configuration>`})
	if err := os.Symlink(filepath.Join(outside, "s.xml"), filepath.Join(dir, "l.xml")); err != nil {
		t.Fatal(err)
	}
	if h, err := LoadHadoop(dir); err == nil {
		t.Errorf("a = %q, want an error", h.Get("a"))
	}
}

func TestDirectoryMissing(t *testing.T) {
	empty := t.TempDir()
	env := func(dir string) func(string) string {
		return func(name string) string {
			return map[string]string{"HADOOP_CONF_DIR": dir}[name]
		}
	}
	_, err := HadoopFromEnv(env(""))
	if !errors.Is(err, ErrNoHadoopConf) {
		t.Errorf("unset: %v", err)
	}
	for dir, want := range map[string]string{
		"/no/such/dir": "HADOOP_CONF_DIR: read Hadoop configuration: stat /no/such/dir",
		empty:          "has no core-site.xml",
		siteDir(t, map[string]string{"f": ""}) + "/f": "is not a directory",
	} {
		_, err := HadoopFromEnv(env(dir))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", dir, err, want)
		}
	}
}

func TestYarnConfDirIsAbove(t *testing.T) {
	dirs := map[string]string{
		"HADOOP_CONF_DIR": siteDir(t, map[string]string{"core-site.xml": site("a", "1", "b", "1")}),
		"YARN_CONF_DIR":   siteDir(t, map[string]string{"yarn-site.xml": site("a", "2")}),
	}
	h, err := HadoopFromEnv(func(name string) string { return dirs[name] })
	if err != nil {
		t.Fatal(err)
	}
	if h.Get("a") != "2" || h.Get("b") != "1" {
		t.Errorf("a = %q, b = %q", h.Get("a"), h.Get("b"))
	}
}

func TestDeprecatedNames(t *testing.T) {
	h := load(t, map[string]string{"core-site.xml": site("fs.default.name", "hdfs://old:9000/")})
	if got := h.DefaultFS(); got != "hdfs://old:9000" {
		t.Errorf("fs.defaultFS = %q", got)
	}
	if got := h.Get("fs.default.name"); got != "hdfs://old:9000/" {
		t.Errorf("by its old name: %q", got)
	}
}

func TestTypedValues(t *testing.T) {
	h := load(t, map[string]string{"core-site.xml": site(
		"list", " a, b,,c ,", "yes", " TRUE ", "odd", "perhaps",
		"n", "42", "hex", "0x1F", "size", "128m", "time", "5s", "ms", "250", "bad", "12x")})
	if diff := cmp.Diff([]string{"a", "b", "c"}, h.List("list")); diff != "" {
		t.Error(diff)
	}
	if !h.Bool("yes", false) || !h.Bool("odd", true) || h.Bool("none", false) {
		t.Error("Bool")
	}
	for key, want := range map[string]int64{"n": 42, "hex": 31, "none": 7} {
		if n, err := h.Int(key, 7); err != nil || n != want {
			t.Errorf("%s = %d, %v; want %d", key, n, err, want)
		}
	}
	if n, err := h.Size("size", 0); err != nil || n != 128*MiB {
		t.Errorf("size = %v, %v", n, err)
	}
	for key, want := range map[string]time.Duration{
		"time": 5 * time.Second, "ms": 250 * time.Millisecond,
	} {
		if d, err := h.Duration(key, time.Millisecond, 0); err != nil || d != want {
			t.Errorf("%s = %v, %v", key, d, err)
		}
	}
	_, err := h.Int("bad", 0)
	if err == nil || !strings.Contains(err.Error(), "core-site.xml:11: bad:") {
		t.Errorf("error %v, want it to name file, line and key", err)
	}
}

func TestExplain(t *testing.T) {
	dir := siteDir(t, map[string]string{
		"core-site.xml": site("fs.defaultFS", "hdfs://a"),
		"hdfs-site.xml": site("fs.defaultFS", "hdfs://b"),
	})
	h, err := LoadHadoop(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := "fs.defaultFS = hdfs://b\n  from DIR/hdfs-site.xml:3\n" +
		"  hides hdfs://a from DIR/core-site.xml:3\n  hides file:/// from Hadoop's default"
	got := strings.ReplaceAll(h.Explain("fs.defaultFS").String(), dir, "DIR")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestResourceManagers(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs []string
		want  []ResourceManager
	}{
		{"default", nil, []ResourceManager{
			{Client: "0.0.0.0:8032", Scheduler: "0.0.0.0:8030", Web: "0.0.0.0:8088"}}},
		{"host name only", []string{"yarn.resourcemanager.hostname", "rm"}, []ResourceManager{
			{Client: "rm:8032", Scheduler: "rm:8030", Web: "rm:8088"}}},
		{"address without port", []string{"yarn.resourcemanager.address", "rm"}, []ResourceManager{
			{Client: "rm:8032", Scheduler: "0.0.0.0:8030", Web: "0.0.0.0:8088"}}},
		{"two with HA and TLS", []string{
			"yarn.resourcemanager.ha.enabled", "true",
			"yarn.resourcemanager.ha.rm-ids", "rm1, rm2",
			"yarn.resourcemanager.hostname.rm1", "h1",
			"yarn.resourcemanager.address.rm2", "h2:18032",
			"yarn.resourcemanager.hostname.rm2", "h2",
			"yarn.http.policy", "HTTPS_ONLY",
		}, []ResourceManager{
			{ID: "rm1", Client: "h1:8032", Scheduler: "h1:8030", Web: "h1:8090", TLS: true},
			{ID: "rm2", Client: "h2:18032", Scheduler: "h2:8030", Web: "h2:8090", TLS: true},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := load(t, map[string]string{"yarn-site.xml": site(c.pairs...)})
			got, err := h.ResourceManagers()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	h := load(t, map[string]string{"yarn-site.xml": site("yarn.resourcemanager.ha.enabled", "true")})
	if _, err := h.ResourceManagers(); !errors.Is(err, ErrNoResourceManager) {
		t.Errorf("HA without ids: %v", err)
	}
}

func TestNamenodes(t *testing.T) {
	h := load(t, map[string]string{"hdfs-site.xml": site(
		"dfs.nameservices", "prod,test",
		"dfs.ha.namenodes.prod", "nn1, nn2",
		"dfs.namenode.rpc-address.prod.nn1", "h1:9000",
		"dfs.namenode.rpc-address.prod.nn2", "h2",
		"dfs.namenode.rpc-address.test", "h3:9000",
		"dfs.ha.namenodes.half", "nn1",
	)})
	for authority, want := range map[string][]string{
		"prod": {"h1:9000", "h2:8020"}, "test": {"h3:9000"}, "h4": {"h4:8020"}, "h5:1": {"h5:1"},
	} {
		got, err := h.Namenodes(authority)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", authority, err, diff)
		}
	}
	if _, err := h.Namenodes("half"); err == nil || !strings.Contains(err.Error(), "is not set") {
		t.Errorf("half: %v", err)
	}
	if _, err := h.Namenodes(""); err == nil {
		t.Error("no authority: no error")
	}
}

func TestShip(t *testing.T) {
	h := load(t, map[string]string{"core-site.xml": site("fs.defaultFS", "hdfs://${env.NN}:9000",
		"dir", "/tmp/${user.name}", "empty", "")})
	h.getenv = func(string) string { return "nn" }
	h.system["user.name"] = "ann"
	data, err := h.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var far Hadoop
	if err := far.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"fs.defaultFS": "hdfs://nn:9000", "dir": "/tmp/ann", "empty": "", "dfs.replication": "3",
	} {
		if got := far.Get(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	if a, b := h.Explain("dir").Source, far.Explain("dir").Source; a != b {
		t.Errorf("source %q, want %q", b, a)
	}
	if len(data) > 400 {
		t.Errorf("%d bytes for three values", len(data))
	}
	for _, bad := range [][]byte{nil, []byte("x"), data[:len(data)/2]} {
		if err := far.UnmarshalBinary(bad); err == nil {
			t.Errorf("%d bytes accepted", len(bad))
		}
	}
}

func TestDataTransferProtection(t *testing.T) {
	for _, c := range []struct{ list, encrypt, want string }{
		{"", "", ""}, {"authentication,privacy", "", "privacy"}, {"integrity", "", "integrity"},
		{"", "true", "privacy"}, {"zeal", "", ""},
	} {
		h := NewHadoop()
		h.Set("dfs.data.transfer.protection", c.list, "test")
		h.Set("dfs.encrypt.data.transfer", c.encrypt, "test")
		if got := h.DataTransferProtection(); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestUser(t *testing.T) {
	got, err := User(func(name string) string {
		return map[string]string{"HADOOP_USER_NAME": "ann"}[name]
	})
	if err != nil || got != "ann" {
		t.Errorf("%q, %v", got, err)
	}
}

// Whatever the bytes, reading ends without a panic, and what was read can be resolved.
func FuzzHadoopXML(f *testing.F) {
	f.Add(site("a", "${b}", "b", "${a}"))
	f.Add("<configuration><property name='a' value='${a}${a}' final='true'/></configuration>")
	f.Add("<configuration><include href='core-site.xml'/></configuration>")
	f.Add("<configuration><include href='/etc/passwd'/><x>&lt;</x></configuration>")
	f.Add("<configuration><property><name>x</name><value>${env.PATH:-y}</value></property>")
	f.Fuzz(func(t *testing.T, content string) {
		h := NewHadoop()
		r := &siteReader{h: h, dir: "/nonexistent", open: []string{"f"}}
		root, err := os.OpenRoot(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		r.root = root
		if err := r.document("core-site.xml", []byte(content)); err != nil {
			return
		}
		for _, key := range h.Keys() {
			if got := h.Get(key); len(got) > maxExpanded+len(content) {
				t.Errorf("%s: %d bytes of %d", key, len(got), len(content))
			}
		}
	})
}
