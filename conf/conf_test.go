package conf

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func noEnv(string) string { return "" }

func TestDefaults(t *testing.T) {
	c := &Conf{}
	if got := Master.Get(c); got != "local[*]" {
		t.Errorf("master %q", got)
	}
	if got := ExecutorMemory.Get(c); got != GiB {
		t.Errorf("memory %v", got)
	}
	if got := LocalityWait.Get(c); got != 3*time.Second {
		t.Errorf("wait %v", got)
	}
	if YarnMaxAppAttempts.Get(c) != 0 || YarnMaxAppAttempts.IsSet(c) {
		t.Error("an unset key is set")
	}
}

// Each source hides the ones below it, and Explain shows what it hid.
func TestPrecedence(t *testing.T) {
	file := filepath.Join(siteDir(t, map[string]string{
		"weft-defaults.conf": "# defaults\nweft.executor.memory 3g\nweft.yarn.queue=file\n"}),
		"weft-defaults.conf")
	env := map[string]string{
		"WEFT_CONF_DIR":        filepath.Dir(file),
		"WEFT_EXECUTOR_MEMORY": "2g", "WEFT_YARN_QUEUE": "env", "WEFT_TASK_MAX_FAILURES": "9",
	}
	c, err := Load(Sources{
		Getenv: func(name string) string { return env[name] },
		Conf:   []string{"weft.executor.memory=4g", "weft.executor.memory=5g"},
		Named:  map[string]string{"weft.executor.memory": "6g"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Set("weft.executor.memory", "7g"); err != nil {
		t.Fatal(err)
	}
	e, err := c.Explain("weft.executor.memory")
	if err != nil {
		t.Fatal(err)
	}
	want := "weft.executor.memory = 7g\n  from program\n  hides 6g from command line\n" +
		"  hides 5g from --conf\n  hides 4g from --conf\n  hides 3g from FILE:2\n" +
		"  hides 2g from $WEFT_EXECUTOR_MEMORY\n  hides 1g from default"
	if diff := cmp.Diff(want, strings.ReplaceAll(e.String(), file, "FILE")); diff != "" {
		t.Error(diff)
	}
	if YarnQueue.Get(c) != "file" || TaskMaxFailures.Get(c) != 9 {
		t.Errorf("queue %q, failures %d", YarnQueue.Get(c), TaskMaxFailures.Get(c))
	}
}

func TestEmptyValueIsTheDefault(t *testing.T) {
	c, err := Load(Sources{Getenv: noEnv, Conf: []string{"weft.executor.memory="}})
	if err != nil {
		t.Fatal(err)
	}
	if got := ExecutorMemory.Get(c); got != GiB {
		t.Errorf("memory %v", got)
	}
}

func TestWrongSettings(t *testing.T) {
	bad := filepath.Join(siteDir(t, map[string]string{"p": "\n\nweft.executor.cores none\n"}), "p")
	for _, c := range []struct {
		s    Sources
		want string
	}{
		{Sources{Conf: []string{"weft.executor.memry=1g"}}, "did you mean weft.executor.memory?"},
		{Sources{Conf: []string{"weft.qqqqqqqq=1"}}, "docs/configuration.md"},
		{Sources{Conf: []string{"spark.executor.memory=1g"}}, "use weft.executor.memory"},
		{Sources{Conf: []string{"spark.memory.fraction=1"}}, "use weft.shuffle.spill.memoryFraction"},
		{Sources{Conf: []string{"spark.hadoop.a.b=1"}}, "use weft.hadoop.a.b"},
		{Sources{Conf: []string{"spark.ui.port=1"}}, "weft has no such key"},
		{Sources{Conf: []string{"dfs.replication=1"}}, "weft.hadoop.dfs.replication"},
		{Sources{Conf: []string{"weft.executor.memory"}}, "want key=value"},
		{Sources{Conf: []string{"weft.executor.memory=lots"}}, `size "lots"`},
		{Sources{Conf: []string{"weft.executor.memory=99999999999g"}}, "too large"},
		{Sources{Conf: []string{"weft.executor.cores=0"}}, "whole number from 1 on"},
		{Sources{Conf: []string{"weft.executor.cores=99999999999"}}, "whole number"},
		{Sources{Conf: []string{"weft.executor.memoryOverheadFactor=NaN"}}, "from 0 to 1"},
		{Sources{Conf: []string{"weft.submit.deployMode=server"}}, "want client or cluster"},
		{Sources{Conf: []string{"weft.speculation=1"}}, "true or false"},
		{Sources{PropertiesFile: "/no/such/file"}, "read properties file: open /no/such/file"},
		{Sources{PropertiesFile: bad}, "p:3: weft.executor.cores"},
	} {
		c.s.Getenv = noEnv
		_, err := Load(c.s)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: error %v, want %q in one line", c.s, err, c.want)
		}
	}
	_, err := Load(Sources{Getenv: noEnv, Conf: []string{"weft.x.y=1"}})
	if !errors.Is(err, ErrUnknownKey) {
		t.Errorf("%v is not ErrUnknownKey", err)
	}
}

func TestChoiceIgnoresCase(t *testing.T) {
	c := &Conf{}
	if err := c.Set("weft.submit.via", "REST"); err != nil || SubmitVia.Get(c) != "rest" {
		t.Errorf("mode %q, %v", SubmitVia.Get(c), err)
	}
}

func TestHadoopOverride(t *testing.T) {
	h := load(t, map[string]string{"core-site.xml": `<configuration><property>
		<name>fs.defaultFS</name><value>hdfs://a</value><final>true</final>
	</property></configuration>`})
	c, err := Load(Sources{Getenv: noEnv, Conf: []string{"weft.hadoop.fs.defaultFS=hdfs://b"}})
	if err != nil {
		t.Fatal(err)
	}
	c.Override(h)
	if e := h.Explain("fs.defaultFS"); e.Value != "hdfs://b" || e.Source != "--conf" {
		t.Errorf("%+v", e)
	}
}

func TestConfShips(t *testing.T) {
	c := &Conf{}
	for key, value := range map[string]string{"weft.executor.cores": "3", "weft.hadoop.a": "b"} {
		if err := c.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	data, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var far Conf
	if err := far.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if ExecutorCores.Get(&far) != 3 {
		t.Errorf("cores %d", ExecutorCores.Get(&far))
	}
	if v, _ := far.Lookup("weft.hadoop.a"); v != "b" {
		t.Errorf("weft.hadoop.a = %q", v)
	}
	for _, bad := range []string{"", "[]", `{"weft.executor.cores":[]}`, `{"weft.x":[{"value":"1"}]}`,
		`{"weft.executor.cores":[{"value":"x"}]}`} {
		if err := far.UnmarshalBinary([]byte(bad)); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

// Every default can be read by its own key, every name is written as the rest are, and the
// environment names are all different.
func TestRegistry(t *testing.T) {
	env := map[string]string{}
	for _, k := range Keys() {
		if k.Doc == "" || k.Since == "" || !strings.HasSuffix(k.Doc, ".") {
			t.Errorf("%s: document it in a sentence", k.Name)
		}
		if !strings.HasPrefix(k.Name, "weft.") {
			t.Errorf("%s: begins otherwise", k.Name)
		}
		if other := env[EnvName(k.Name)]; other != "" {
			t.Errorf("%s and %s share %s", k.Name, other, EnvName(k.Name))
		}
		env[EnvName(k.Name)] = k.Name
		if !strings.Contains(Markdown(), "`"+k.Name+"`") {
			t.Errorf("%s is not in the table", k.Name)
		}
	}
	for old, current := range renamed {
		if registry.byName[current] == nil {
			t.Errorf("%s is renamed to %s, which nobody declared", old, current)
		}
	}
}

func TestEnvName(t *testing.T) {
	for key, want := range map[string]string{
		"weft.executor.memory":   "WEFT_EXECUTOR_MEMORY",
		"weft.task.maxFailures":  "WEFT_TASK_MAX_FAILURES",
		"weft.task.cpus":         "WEFT_TASK_CPUS",
		"weft.submit.deployMode": "WEFT_SUBMIT_DEPLOY_MODE",
	} {
		if got := EnvName(key); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for _, c := range []struct {
		in   string
		bare Size
		want Size
		bad  bool
	}{
		{"512m", 1, 512 * MiB, false}, {"4G", 1, 4 * GiB, false}, {" 10 kb ", 1, 10 * KiB, false},
		{"7", MiB, 7 * MiB, false}, {"100b", MiB, 100, false}, {"0", 1, 0, false},
		{"8191p", 1, 8191 * PiB, false}, {"8192p", 1, 0, true},
		{"9223372036854775807", 1, math.MaxInt64, false}, {"9223372036854775808", 1, 0, true},
		{"-1", 1, 0, true}, {"", 1, 0, true}, {"m", 1, 0, true}, {"1.5g", 1, 0, true},
		{"1gg", 1, 0, true}, {"+1", 1, 0, true}, {"1_000", 1, 0, true},
	} {
		got, err := ParseSize(c.in, c.bare)
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("ParseSize(%q): %v, %v; want %v", c.in, got, err, c.want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
		bad  bool
	}{
		{"3s", 3 * time.Second, false}, {"100ms", 100 * time.Millisecond, false},
		{"2min", 2 * time.Minute, false}, {"2m", 2 * time.Minute, false}, {"1d", 24 * time.Hour, false},
		{"5us", 5 * time.Microsecond, false}, {"30", 30 * time.Millisecond, false},
		{"106752d", 0, true}, {"-3s", 0, true}, {"s", 0, true}, {"3 seconds", 0, true},
	} {
		got, err := ParseDuration(c.in, time.Millisecond)
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("ParseDuration(%q): %v, %v; want %v", c.in, got, err, c.want)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, s := range []string{"512m", "4g", "9223372036854775807", "8192p", "-1", "1kb", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseSize(s, 1)
		if err != nil {
			return
		}
		if back, err := ParseSize(n.String(), 1); n < 0 || err != nil || back != n {
			t.Errorf("%q: %d prints as %q, which is %d, %v", s, n, n, back, err)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"3s", "100ms", "106751d", "9223372036854775807ns", "-1", "1min"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s, time.Second)
		if err == nil && d < 0 {
			t.Errorf("%q: %v", s, d)
		}
	})
}

func TestParseProperties(t *testing.T) {
	in := `# a comment
! another
weft.a   one
weft.b=two
  weft.c : three words
weft.d=a=b
weft.e
weft.f = first \
	second
weft.g=tab\there \u00e9 \ud83d\ude00 c:\\dir
key\ with\=odd\:letters = x
naïve=ü
weft.h=end\`
	want := []Property{
		{"weft.a", "one", 3}, {"weft.b", "two", 4}, {"weft.c", "three words", 5},
		{"weft.d", "a=b", 6}, {"weft.e", "", 7}, {"weft.f", "first second", 8},
		{"weft.g", "tab\there é 😀 c:\\dir", 10}, {"key with=odd:letters", "x", 11},
		{"naïve", "ü", 12}, {"weft.h", "end", 13},
	}
	got, err := ParseProperties([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"a=\\u12", "a=\\uzzzz", "=x"} {
		if got, err := ParseProperties([]byte("\n" + bad)); err == nil ||
			!strings.HasPrefix(err.Error(), "2:") {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
}

func FuzzParseProperties(f *testing.F) {
	f.Add([]byte("a=b\nc d\\\n e\n#x\n\\u0041 : y"))
	f.Add([]byte("\\"))
	f.Add([]byte("\xff\xfe=\\ud800"))
	f.Fuzz(func(t *testing.T, data []byte) {
		props, err := ParseProperties(data)
		if err != nil {
			return
		}
		lines := 1 + strings.Count(string(data), "\n")
		for _, p := range props {
			if p.Key == "" || p.Line < 1 || p.Line > lines {
				t.Errorf("%+v of %d lines", p, lines)
			}
		}
	})
}

func TestFileTooLarge(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, maxFileSize+1); err != nil {
		t.Fatal(err)
	}
	if _, err := readProperties(name); !errors.Is(err, errTooLarge) {
		t.Errorf("%v", err)
	}
}

func ExampleLoad() {
	c, err := Load(Sources{Conf: []string{"weft.executor.memory=512m"}, Getenv: noEnv})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ExecutorMemory.Get(c), ExecutorCores.Get(c))
	_, err = Load(Sources{Conf: []string{"spark.executor.cores=2"}, Getenv: noEnv})
	fmt.Println(err)
	// Output:
	// 512m 1
	// --conf: unknown key spark.executor.cores: it is Spark's; use weft.executor.cores
}

func TestKeysAreInOrder(t *testing.T) {
	keys := Keys()
	if keys[0].Name != Master.Name() {
		t.Errorf("first key %s, want %s", keys[0].Name, Master.Name())
	}
	if !slices.ContainsFunc(keys, func(k KeyInfo) bool { return k.Name == "weft.local.dir" }) {
		t.Error("the last keys are missing")
	}
}
