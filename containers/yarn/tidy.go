package yarn

import (
	"regexp"
	"strings"
)

// What NodeManagers put around the words that matter.
var (
	stamp       = regexp.MustCompile(`(?m)^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d+\]`)
	boilerplate = regexp.MustCompile(`(?m)^(Exception from container-launch\.|Container id: .*|` +
		`Exit code: -?\d+|Last \d+ bytes of .*)$`)
)

// Where the rest says the same again, or lists every process of the container.
const (
	exitLine = "Container exited with a non-zero exit code"
	dumpLine = "Dump of the process-tree"
)

// tidy leaves of a container's diagnostics what helps: who ended it, and the end of its stderr,
// which NodeManagers say twice.
func tidy(text string) string {
	text = boilerplate.ReplaceAllString(stamp.ReplaceAllString(text, ""), "")
	text, _, _ = strings.Cut(text, dumpLine)
	if first := strings.Index(text, exitLine); first >= 0 {
		rest := first + len(exitLine)
		if second := strings.Index(text[rest:], exitLine); second >= 0 {
			text = text[:rest+second]
		}
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
