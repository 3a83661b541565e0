package weft_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// behaviours is the length of the list that docs/parity.md follows.
const behaviours = 161

// issues are the pieces of work that may be named as owing a row.
var issues = []string{
	"The scheduler: every rule, as a machine that can be replayed",
	"Shuffle, and its service inside every NodeManager",
	"Executors on demand: containers, dynamic allocation, resource profiles, GPUs",
	"From nothing to a running cluster: docker-compose, installation, packages",
}

var (
	tableRow  = regexp.MustCompile(`(?m)^\| (.+) \|$`)
	rowNumber = regexp.MustCompile(`^S(\d+)$`)
	reference = regexp.MustCompile("^`([^`]+)`(?:, |$)")
	owed      = regexp.MustCompile(`^open: ([^(]+?)(?: \(([^()]+)\))?$`)
	testName  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)
)

// TestParityListsEveryBehaviourOnce holds the numbered tables of docs/parity.md against the list
// and against the tests that they name.
func TestParityListsEveryBehaviourOnce(t *testing.T) {
	next := 1
	for _, cells := range tableRows(t) {
		if len(cells) != 3 || !rowNumber.MatchString(cells[0]) {
			continue
		}
		if want := fmt.Sprintf("S%d", next); cells[0] != want {
			t.Fatalf("row %s stands where %s should", cells[0], want)
		}
		next++
		if err := checkShown(cells[0], cells[2]); err != nil {
			t.Errorf("%s: %v", cells[0], err)
		}
	}
	if next != behaviours+1 {
		t.Errorf("%d rows, want %d", next-1, behaviours)
	}
}

// TestParityOfDefaultsNamesTests covers the tables whose rows have no number.
func TestParityOfDefaultsNamesTests(t *testing.T) {
	found := 0
	for _, cells := range tableRows(t) {
		if rowNumber.MatchString(cells[0]) || !strings.HasPrefix(cells[len(cells)-1], "`") {
			continue
		}
		found++
		if err := checkShown("", cells[len(cells)-1]); err != nil {
			t.Errorf("%s: %v", cells[0], err)
		}
	}
	if found == 0 {
		t.Error("no such row")
	}
}

func TestParityRefusesWhatIsNotShown(t *testing.T) {
	for _, c := range []struct{ row, shown, want string }{
		{"S1", "", "empty"},
		{"S1", "`scheduler/testdata/none.txt`", "no such file"},
		{"S2", "`scheduler/testdata/fifo_jobs.txt`", "does not name S2"},
		{"S6", "`scheduler/testdata/fifo_jobs.txt`", "does not name S6"}, // S66 is not S6
		{"S1", "`am.TestNobodyWrote`", "no test"},
		{"S1", "`nowhere.TestX`", "no test"},
		{"S1", "`README.md`", "neither"},
		{"S1", "open: something", "no issue"},
		{"S1", "out:", "reason"},
		{"S1", "by hand", "neither"},
		{"S1", "`weft.TestParityRefusesWhatIsNotShown`; by hand", "neither"},
	} {
		err := checkShown(c.row, c.shown)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.shown, err, c.want)
		}
	}
}

// tableRows are the rows of all tables of the page, cut into cells.
func tableRows(t *testing.T) (rows [][]string) {
	t.Helper()
	page, err := os.ReadFile("docs/parity.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range tableRow.FindAllSubmatch(page, -1) {
		rows = append(rows, strings.Split(string(m[1]), " | "))
	}
	return rows
}

// checkShown says what is wrong with the last cell of a row: references, what is owed, or both;
// or why the row is out.
func checkShown(row, cell string) error {
	if cell == "" {
		return fmt.Errorf("the cell is empty")
	}
	if why, out := strings.CutPrefix(cell, "out:"); out {
		if strings.TrimSpace(why) == "" {
			return fmt.Errorf("out without a reason")
		}
		return nil
	}
	shown, rest, _ := strings.Cut(cell, "; ")
	if strings.HasPrefix(shown, "open:") {
		shown, rest = "", cell
	}
	if rest != "" {
		if err := checkOwed(rest); err != nil {
			return err
		}
	}
	for shown != "" {
		m := reference.FindStringSubmatch(shown)
		if m == nil {
			return fmt.Errorf("%q is neither a reference nor open: nor out:", shown)
		}
		if err := checkReference(row, m[1]); err != nil {
			return err
		}
		shown = shown[len(m[0]):]
	}
	return nil
}

func checkOwed(text string) error {
	m := owed.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("%q is neither a reference nor open: nor out:", text)
	}
	if !slices.Contains(issues, m[1]) {
		return fmt.Errorf("no issue has the title %q", m[1])
	}
	return nil
}

// checkReference finds a script, whose first line names the row, or a Go test.
func checkReference(row, ref string) error {
	if strings.Contains(ref, "/testdata/") {
		script, err := os.ReadFile(ref)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(script), "\n")
		names := strings.FieldsFunc(first, func(r rune) bool { return r == ' ' || r == ':' })
		if row != "" && !slices.Contains(names, row) {
			return fmt.Errorf("the first line of %s does not name %s: %s", ref, row, first)
		}
		return nil
	}
	pkg, name, ok := strings.Cut(ref, ".")
	if !ok || strings.HasSuffix(ref, ".md") || strings.HasSuffix(ref, ".txt") {
		return fmt.Errorf("%s is neither a script nor package.TestName", ref)
	}
	if pkg == "weft" {
		pkg = "."
	}
	return findTest(pkg, name)
}

func findTest(dir, name string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return err
	}
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		for _, m := range testName.FindAllSubmatch(source, -1) {
			if string(m[1]) == name {
				return nil
			}
		}
	}
	return fmt.Errorf("there is no test %s in %s", name, dir)
}
