// Package docs_test plays the scripts of the pages and finds their programs in the examples, which run.
package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-data/weft/fairxml"
	"github.com/weft-data/weft/scheduler/schedtest"
)

// blocks are the fenced blocks of a page in one language.
func blocks(t *testing.T, page, language string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	fence := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$")
	for _, match := range fence.FindAllStringSubmatch(string(text), -1) {
		out = append(out, match[1])
	}
	if len(out) == 0 {
		t.Fatalf("%s has no %s", page, language)
	}
	return out
}

// flat is text without its indentation.
func flat(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

// TestPagesRunAsTheyStand plays the scripts of the pages on scheduling, reads their allocation files, and finds their
// programs in the examples, which run.
func TestPagesRunAsTheyStand(t *testing.T) {
	const page = "job-scheduling.md"
	examples, err := os.ReadFile("../example_jobscheduling_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks(t, page, "go") {
		if !strings.Contains(flat(string(examples)), flat(block)) {
			t.Errorf("no example has this snippet of %s:\n%s", page, block)
		}
	}
	for _, block := range blocks(t, page, "xml") {
		specs, warnings, err := fairxml.Parse(strings.NewReader(block))
		if err != nil || len(warnings) > 0 || len(specs) == 0 {
			t.Errorf("%d pools, warnings %v, %v:\n%s", len(specs), warnings, err, block)
		}
	}
	dir := t.TempDir()
	for _, page := range []string{page, "script-language.md", "dynamic-allocation.md"} {
		for i, script := range blocks(t, page, "script") {
			name := fmt.Sprintf("%s_%d.txt", strings.TrimSuffix(filepath.Base(page), ".md"), i)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	schedtest.Run(t, dir)
}

// TestSnippetsOfPluginsAreInTheExample finds the page's program in the plugin that the integration
// tests run.
func TestSnippetsOfPluginsAreInTheExample(t *testing.T) {
	example, err := os.ReadFile("../examples/weft-cluster-processes/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks(t, "cluster-plugins.md", "go") {
		if !strings.Contains(flat(string(example)), flat(block)) {
			t.Errorf("the example does not have this snippet:\n%s", block)
		}
	}
}
