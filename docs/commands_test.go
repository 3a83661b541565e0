package docs_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-data/weft/internal/cli"
)

// TestPagesSayCommandsThatAreThere finds every target of make, every command and flag of weft and
// every example that a page tells the reader to type.
func TestPagesSayCommandsThatAreThere(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	targets, seen := makeTargets(t), map[string]int{}
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md") {
		for _, words := range typed(t, page) {
			seen[words[0]]++
			switch {
			case words[0] == "make":
				for _, target := range words[1:] {
					if !targets[target] && !strings.ContainsAny(target, "-=$") {
						t.Errorf("%s: make %s: no such target", page, target)
					}
				}
			case words[0] == "weft":
				if err := parses(words[1:]); err != nil {
					t.Errorf("%s: %s: %v", page, strings.Join(words, " "), err)
				}
			}
			for _, word := range words {
				checkExample(t, page, word)
			}
		}
	}
	if seen["make"] < 5 || seen["weft"] < 20 {
		t.Errorf("only %v", slices.Sorted(maps.Keys(seen)))
	}
}

var (
	prompt    = regexp.MustCompile(`^(?:\$|#|hadoop@edge:/work\$) (.*)$`)
	aside     = regexp.MustCompile(`\s#\s.*$`)
	next      = regexp.MustCompile(`\s*(?:&&|\|\||[|;])\s*`)
	variables = regexp.MustCompile(`^(?:[A-Z_]+=\S+ )+`)
)

// typed are the commands that a page's consoles show, each as its words.
func typed(t *testing.T, page string) (commands [][]string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "```console\n") {
		return nil
	}
	for _, block := range blocks(t, page, "console") {
		for line := range strings.Lines(strings.ReplaceAll(block, "\\\n", " ")) {
			said := prompt.FindStringSubmatch(strings.TrimSpace(line))
			if said == nil {
				continue // what the command answers
			}
			for _, command := range next.Split(aside.ReplaceAllString(said[1], ""), -1) {
				words := strings.Fields(variables.ReplaceAllString(command, ""))
				if len(words) > 0 {
					words[0] = strings.TrimPrefix(words[0], "bin/")
					commands = append(commands, words)
				}
			}
		}
	}
	return commands
}

// parses says whether weft has the command and its flags.
func parses(args []string) error {
	cmd, rest, err := cli.Commands("v1.0.0").Find(args)
	if err != nil {
		return err
	}
	if cmd.HasSubCommands() {
		return fmt.Errorf("%s has no such command", cmd.CommandPath())
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// makeTargets are those of the Makefile.
func makeTargets(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(text), -1) {
		targets[m[1]] = true
	}
	return targets
}

// checkExample looks for the source of a program that make build makes.
func checkExample(t *testing.T, page, word string) {
	t.Helper()
	if _, name, ok := strings.Cut(word, "bin/examples/"); ok && !strings.Contains(word, "=") {
		if _, err := os.Stat(filepath.Join("../examples", name)); err != nil {
			t.Errorf("%s: %s: %v", page, word, err)
		}
	}
}
