package auxsite

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-data/weft/internal/golden"
)

// installed is what the cases of testdata install: NAME.xml becomes NAME.golden.
var installed = map[string]Service{
	"empty":     {Name: FirstName, Dir: "/opt/weft", MetricsPort: 7449},
	"mapreduce": {Name: FirstName, Dir: "/opt/weft", MetricsPort: 7449, RecoveryDir: "/var/lib/nm"},
	"second":    {Name: "weft_shuffle_2", Dir: "/opt/weft-2", MetricsPort: 7449},
}

func TestEdit(t *testing.T) {
	for name, s := range installed {
		text, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		edited, changes, err := Edit(text, s)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, c := range changes {
			out.WriteString(c.String() + "\n")
		}
		out.WriteString("\n" + string(edited))
		golden.Check(t, name+".golden", out.String())

		again, changes, err := Edit(edited, s)
		if err != nil || len(changes) > 0 || string(again) != string(edited) {
			t.Errorf("%s: a second time: %v, %v", name, changes, err)
		}
	}
}

func TestEditRefuses(t *testing.T) {
	s := Service{Name: FirstName, Dir: "/opt/weft"}
	const twice = "<property><name>" + services + "</name><value>a</value></property>"
	for text, want := range map[string]string{
		"":                "its outermost element is not <configuration>",
		"<allocations/>":  "its outermost element is not <configuration>",
		"<configuration>": "invalid XML format",
		`<configuration xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="a"/></configuration>`: "" +
			"it includes other files",
		"<configuration>" + twice + twice + "</configuration>": "stands there twice; leave one",
		"<configuration><property><name>" + manifest + "</name><value>true</value></property>" +
			"</configuration>": "add it to the manifest",
	} {
		edited, changes, err := Edit([]byte(text), s)
		if !errors.Is(err, ErrSite) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
		if edited != nil || changes != nil {
			t.Errorf("%q: edited to %q", text, edited)
		}
	}
}

func TestServicesThatYARNWouldNotTake(t *testing.T) {
	for want, s := range map[string]Service{
		`name "2nd"`:               {Name: "2nd", Dir: "/a"},
		`directory "opt"`:          {Name: "a", Dir: "opt"},
		`directory "/a,b"`:         {Name: "a", Dir: "/a,b"},
		`directory "/a/../b"`:      {Name: "a", Dir: "/a/../b"},
		`recovery directory "a b"`: {Name: "a", Dir: "/a", RecoveryDir: "a b"},
		`metrics port 65536`:       {Name: "a", Dir: "/a", MetricsPort: 65536},
	} {
		if err := s.Validate(); !errors.Is(err, ErrService) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", s, err, want)
		}
	}
}

// FuzzEdit: whatever the file, what comes out is a file that has the service.
func FuzzEdit(f *testing.F) {
	for name := range installed {
		text, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	s := Service{Name: FirstName, Dir: "/opt/weft", RecoveryDir: "/var/lib/nm"}
	f.Fuzz(func(t *testing.T, text string) {
		edited, _, err := Edit([]byte(text), s)
		if err != nil {
			return
		}
		if again, changes, err := Edit(edited, s); err != nil || len(changes) > 0 {
			t.Fatalf("%q\nbecame %q\nthen %q, %v, %v", text, edited, again, changes, err)
		}
	})
}
