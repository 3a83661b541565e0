package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fairxml"
)

// TestTemplateOfDefaultsLoads takes the comments off every setting of conf/weft-defaults.conf.
func TestTemplateOfDefaultsLoads(t *testing.T) {
	text, err := os.ReadFile("../conf/weft-defaults.conf")
	if err != nil {
		t.Fatal(err)
	}
	setting := regexp.MustCompile(`(?m)^# (weft\.\S+ +\S+)$`)
	all := setting.ReplaceAllString(string(text), "$1")
	if n := len(setting.FindAllString(string(text), -1)); n < 10 {
		t.Fatalf("%d settings", n)
	}
	file := filepath.Join(t.TempDir(), "weft-defaults.conf")
	if err := os.WriteFile(file, []byte(all), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	c, err := conf.Load(conf.Sources{PropertiesFile: file, Getenv: none})
	if err != nil {
		t.Fatal(err)
	}
	if got := conf.DynamicAllocationMax.Get(c); got != 20 {
		t.Errorf("weft.dynamicAllocation.maxExecutors is %d", got)
	}
}

func TestTemplateOfPoolsHasNoWarnings(t *testing.T) {
	f, err := os.Open("../conf/fairscheduler.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pools, warnings, err := fairxml.Parse(f)
	if err != nil || len(warnings) > 0 || len(pools) != 2 {
		t.Errorf("%d pools, warnings %v, %v", len(pools), warnings, err)
	}
}

// TestMiniClusterIsInstalledByTheBook: its yarn-site.xml says of the service what the page says.
func TestMiniClusterIsInstalledByTheBook(t *testing.T) {
	h, err := conf.LoadHadoop("../conf/hadoop")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range settings(t, blocks(t, installPage, "xml")[0]) {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, on %s %q", name, got, installPage, want)
		}
	}
	if got := h.Get("yarn.nodemanager.address"); !strings.HasSuffix(got, ":8041") {
		t.Errorf("the NodeManagers' address is %q; a lost one comes back only under its port", got)
	}
}
