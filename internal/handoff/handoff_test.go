package handoff

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/console"
)

func TestSpecComesOutAsItWentIn(t *testing.T) {
	in := Spec{
		Conf:   map[string]string{"weft.executor.memory": "2g", "weft.app.name": "a \"b\" $c"},
		Timing: true, Progress: console.Plain, PropertiesFile: "/etc/weft.conf",
		Started: time.Date(2026, 11, 21, 8, 0, 0, 7, time.UTC).UnixNano(),
	}
	text, err := in.Encode()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
}

func TestAProgramStartedByHandHasTheZeroSpec(t *testing.T) {
	s, err := Decode("")
	if diff := cmp.Diff(Spec{}, s); err != nil || diff != "" {
		t.Error(err, diff)
	}
	now := time.Unix(5, 0)
	if got := s.Begin(now); !got.Equal(now) {
		t.Errorf("began %v", got)
	}
}

func TestFlagsHideTheEnvironment(t *testing.T) {
	s := Spec{Conf: map[string]string{"weft.executor.cores": "3"}}
	env := map[string]string{"WEFT_EXECUTOR_CORES": "2", "WEFT_DRIVER_CORES": "2"}
	c, err := conf.Load(s.Sources(func(k string) string { return env[k] }))
	if err != nil {
		t.Fatal(err)
	}
	if e, d := conf.ExecutorCores.Get(c), conf.DriverCores.Get(c); e != 3 || d != 2 {
		t.Errorf("executor cores %d, driver cores %d", e, d)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"%":                          "decode WEFT_SUBMIT: illegal base64",
		encoded(`{`):                 "decode WEFT_SUBMIT: unexpected end of JSON",
		encoded(`{"progress":"x"}`):  `decode WEFT_SUBMIT: progress "x": want auto`,
		strings.Repeat("A", 200_000): "decode WEFT_SUBMIT: 200000 bytes, want at most",
	} {
		if _, err := Decode(in); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.20s: error %v, want %s…", in, err, want)
		}
	}
}

func encoded(json string) string { return base64.StdEncoding.EncodeToString([]byte(json)) }

func TestEncodeRefusesWhatNoEnvironmentHolds(t *testing.T) {
	_, err := Spec{Conf: map[string]string{"weft.app.name": strings.Repeat("x", 100_000)}}.Encode()
	if err == nil || !strings.Contains(err.Error(), "--properties-file") {
		t.Errorf("error %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(`{"conf":{"a":"b"},"timing":true,"progress":"off","started":1}`))
	f.Add("")
	f.Add("====")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Decode(text)
		if err != nil {
			return
		}
		again, err := s.Encode()
		if err != nil {
			return // grew beyond the bound
		}
		if s2, err := Decode(again); err != nil || len(s2.Conf) != len(s.Conf) {
			t.Errorf("%q: %+v became %+v, %v", text, s, s2, err)
		}
	})
}

func TestParseMaster(t *testing.T) {
	for in, want := range map[string]string{
		"local": "local[1]", "local[4]": "local[4]", " process[2] ": "process[2]", "yarn": "yarn",
	} {
		if m, err := ParseMaster(in); err != nil || m.String() != want {
			t.Errorf("%q is %v, %v", in, m, err)
		}
	}
	if m, err := ParseMaster("local[*]"); err != nil || m.N < 1 {
		t.Errorf("local[*] is %v, %v", m, err)
	}
	for in, want := range map[string]string{
		"":               `master "": want local[N], process[N], yarn or plugin:NAME`,
		"spark://h:7077": `master "spark://h:7077": want local[N], process[N], yarn or plugin:NAME`,
		"process":        `master "process": want local[N], process[N], yarn or plugin:NAME`,
		"local[2":        `master "local[2": want local[N], process[N], yarn or plugin:NAME`,
		"yarn[2]":        `master "yarn[2]": want local[N], process[N], yarn or plugin:NAME`,
		"local[0]":       `master "local[0]": want a number from 1 to 4096, or *, in the brackets`,
		"local[9999999]": `master "local[9999999]": want a number from 1 to 4096, or *, in the brackets`,
	} {
		if _, err := ParseMaster(in); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", in, err, want)
		}
	}
}
