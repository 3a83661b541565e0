package docs_test

import (
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const installPage = "install-shuffle-service.md"

// settings reads a snippet of yarn-site.xml.
func settings(t *testing.T, snippet string) map[string]string {
	t.Helper()
	var site struct {
		Properties []struct {
			Name  string `xml:"name"`
			Value string `xml:"value"`
		} `xml:"property"`
	}
	if !strings.HasPrefix(snippet, "<configuration>") {
		snippet = "<configuration>" + snippet + "</configuration>"
	}
	if err := xml.Unmarshal([]byte(snippet), &site); err != nil {
		t.Fatalf("%v:\n%s", err, snippet)
	}
	found := map[string]string{}
	for _, p := range site.Properties {
		found[p.Name] = p.Value
	}
	return found
}

// sources is the text of the shuffle service, in Java and in Go, without the breaks of its string
// literals.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../auxservice", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".java"}, filepath.Ext(path)) ||
			strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/test/") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`"\s*\+\s*"`).ReplaceAllString(all.String(), "")
}

// TestInstallationPageNamesWhatIsThere holds the page's settings, files and log lines against the
// code. integration/shuffleservice runs a NodeManager with them.
func TestInstallationPageNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile(installPage)
	if err != nil {
		t.Fatal(err)
	}
	code := sources(t)
	for name := range ofPrefix(string(page), "weft.shuffle.service.") {
		if name != "enabled" && name != "name" && !strings.Contains(code, `"`+name+`"`) {
			t.Errorf("the service reads no setting weft.shuffle.service.%s", name)
		}
	}
	for _, snippet := range blocks(t, installPage, "xml") {
		for name, value := range settings(t, snippet) {
			checkSetting(t, name, value)
		}
	}
	others := []string{"address already in use", "Unknown channel option 'SO_KEEPALIVE'",
		"Because these are not the same", "InvalidAuxServiceException"}
	messages := regexp.MustCompile("(?m)^\\| [^|`]*`([^`]+)` \\|").FindAllStringSubmatch(string(page), -1)
	for _, m := range messages {
		if !strings.HasPrefix(m[1], "weft.") && !slices.Contains(others, m[1]) && !strings.Contains(code, m[1]) {
			t.Errorf("nothing logs %q", m[1])
		}
	}
	if len(messages) < 20 {
		t.Errorf("%d rows of settings and messages", len(messages))
	}
}

// ofPrefix are the ends of the words in backquotes or tags that begin with prefix.
func ofPrefix(text, prefix string) map[string]bool {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(regexp.QuoteMeta(prefix)+`([a-z-]+(\.[a-z]+)*)`).
		FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return found
}

// checkSetting finds the class of a service and the name of its jar.
func checkSetting(t *testing.T, name, value string) {
	t.Helper()
	switch {
	case strings.HasSuffix(name, ".class"):
		file := "../auxservice/java/src/main/java/" + strings.ReplaceAll(value, ".", "/") + ".java"
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	case strings.HasSuffix(name, ".classpath"):
		pom, err := os.ReadFile("../auxservice/java/pom.xml")
		jar := strings.TrimSuffix(filepath.Base(value), ".jar")
		if err != nil || !strings.Contains(string(pom), "<finalName>"+jar+"<") {
			t.Errorf("%s: pom.xml makes no %s: %v", name, filepath.Base(value), err)
		}
	}
}
