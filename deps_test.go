package weft_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/weft-data/weft"

// policy says which packages of this module each package may import: docs/design.md, "Import
// direction". The longest entry that is the package or a folder above it decides, and a package
// without an entry fails the test: a new one is added here on purpose. A package may also import
// what lies below its entry, its family's internal folders, and the leaves. "x/..." is x and all
// below it; test files are free.
var policy = map[string][]string{
	// Pure: numbers in, numbers out.
	"resource":            {},
	"dag":                 {"resource"},
	"plan":                {"dag", "resource"},
	"scheduler":           {"dag", "resource"},
	"scheduler/pool":      {"resource"},
	"scheduler/tracker":   {"dag", "resource"},
	"scheduler/dynalloc":  {"resource"},
	"scheduler/schedtest": {"scheduler/...", "dag", "fairxml", "resource"},
	"fairxml":             {"scheduler/pool"},

	// Hadoop's edge. Its protobufs stay in rmclient/internal, which Go itself shuts to others.
	"conf":     {"resource"},
	"rmclient": {"conf", "resource"},
	"fs":       {"conf", "rmclient", "rmclient/namenode"},
	"submit":   {"conf", "control", "fs/...", "resource", "rmclient/..."},

	// Where executors run. containers is the border behind which YARN stays.
	"containers":           {"resource"},
	"containers/ask":       {"containers", "resource"},
	"containers/inprocess": {"containers", "resource"},
	"containers/process":   {"conf", "containers", "resource"},
	"containers/plugin":    {"containers", "resource"},
	"containers/yarn": {
		"conf", "containers", "containers/ask", "fs", "resource", "rmclient/...", "submit",
	},

	// What happened, and how people see it.
	"eventlog": {"dag", "resource", "scheduler/..."},
	"webui":    {"dag", "eventlog", "resource"},

	// The two ends of the control protocol know it and not each other.
	"control": {"dag", "resource"},
	"am": {
		"conf", "containers", "control", "dag", "eventlog", "fairxml", "fs/...", "plan", "resource",
		"scheduler/...", "shuffle", "webui",
	},
	"executor": {"conf", "control", "dag", "fs/...", "plan", "resource", "shuffle"},

	// The data's way.
	"shuffle":    {"conf", "resource"},
	"auxservice": {"conf", "shuffle"},

	// Users of everything.
	"":                  {"..."},
	"cmd":               {"..."},
	"examples":          {"..."},
	"integration":       {"..."},
	"bench":             {"..."},
	"internal/cli":      {"..."},
	"internal/pipeline": {"conf", "dag", "executor", "fs/...", "plan", "resource", "shuffle"},
	"internal/handoff":  {"conf", "submit"},
	"internal/yarnlogs": {"conf", "fs/...", "rmclient/..."},
	"internal":          {}, // the others are leaves
}

// leaves serve every package that is not pure, and import none of this module but each other.
var leaves = []string{"internal/codec", "internal/console", "internal/identity", "internal/marker",
	"internal/pause"}

// pure packages decide and do nothing else.
var pure = []string{"resource", "dag", "plan", "scheduler", "fairxml", "containers/ask"}

// impure are the standard packages, with those below them, by which effects, other goroutines or
// chance would come in.
var impure = []string{"io/fs", "log", "math/rand", "net", "os", "sync", "syscall"}

// clocks are the functions of package time that a pure package does without: now comes as an
// argument. Its types and arithmetic are welcome.
var clocks = []string{
	"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
}

func TestImportsFollowThePolicy(t *testing.T) {
	for _, f := range moduleFiles(t) {
		for _, path := range f.imports() {
			imported, ours := inModule(path)
			if ours && !mayImport(f.pkg, imported) {
				t.Errorf("%s: %q may not import %q", f.name, f.pkg, imported)
			}
		}
	}
}

func TestPolicyKeepsTheBorders(t *testing.T) {
	for _, never := range []struct{ pkg, imported string }{
		{"rmclient", "am"}, {"rmclient", "scheduler"}, {"rmclient/internal/ipc", "scheduler"},
		{"webui", "scheduler"}, {"scheduler", "eventlog"}, {"scheduler/pool", "scheduler"},
		{"plan", "scheduler"}, {"plan", "internal/codec"},
		{"am", "executor"}, {"executor", "am"}, {"executor", "scheduler"},
		{"am", "rmclient"}, {"am", "containers/yarn"}, {"containers", "rmclient"},
		{"conf", ""}, {"shuffle", "executor"}, {"resource", "dag"},
	} {
		if mayImport(never.pkg, never.imported) {
			t.Errorf("the policy lets %q import %q", never.pkg, never.imported)
		}
	}
}

func TestEveryPackageHasAnImportPolicy(t *testing.T) {
	for _, f := range moduleFiles(t) {
		if _, known := entryOf(f.pkg); !known {
			t.Errorf("%s: add package %q to policy in deps_test.go", f.name, f.pkg)
		}
	}
}

func TestPurePackagesHaveNoEffects(t *testing.T) {
	for _, f := range moduleFiles(t) {
		if !withinAny(f.pkg, pure) || within(f.pkg, "scheduler/schedtest") {
			continue
		}
		for _, path := range f.imports() {
			if withinAny(path, impure) {
				t.Errorf("%s: pure package %q may not import %q", f.name, f.pkg, path)
			}
		}
		for _, name := range f.clocks() {
			t.Errorf("%s: pure package %q may not call time.%s: take the time as an argument",
				f.name, f.pkg, name)
		}
	}
}

func mayImport(pkg, imported string) bool {
	entry, _ := entryOf(pkg)
	switch {
	case entry != "" && within(imported, entry):
		return true
	case strings.Contains(imported, "/internal/"):
		return true // Go itself lets only its own family in
	case slices.Contains(leaves, imported):
		return !withinAny(pkg, pure)
	}
	return slices.ContainsFunc(policy[entry], func(allowed string) bool {
		folder, all := strings.CutSuffix(allowed, "...")
		return imported == allowed || all && within(imported, strings.TrimSuffix(folder, "/"))
	})
}

// entryOf is the longest name in policy that is pkg or a folder above it. The root's entry is
// for the root alone.
func entryOf(pkg string) (entry string, known bool) {
	for entry = pkg; entry != "."; entry = filepath.Dir(entry) {
		if _, known := policy[entry]; known {
			return entry, true
		}
	}
	return "", false
}

// within says whether path is folder or lies below it. All lie below "".
func within(path, folder string) bool {
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

func withinAny(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return within(path, f) })
}

// inModule shortens an import path of this module: "" is package weft itself.
func inModule(path string) (name string, ours bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// A goFile is a source file of this module, tests excepted.
type goFile struct {
	name   string // from the repository's root
	pkg    string // import path below the module
	syntax *ast.File
}

func (f goFile) imports() []string {
	var paths []string
	for _, i := range f.syntax.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			panic(err) // the parser has accepted it
		}
		paths = append(paths, path)
	}
	return paths
}

// clocks are the forbidden names that the file takes from package time.
func (f goFile) clocks() []string {
	var found []string
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		from, ok := selector.X.(*ast.Ident)
		if ok && from.Name == "time" && slices.Contains(clocks, selector.Sel.Name) {
			found = append(found, selector.Sel.Name)
		}
		return true
	})
	return found
}

// moduleFiles parses every source file of this module in the order of go list.
func moduleFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	for _, p := range modulePackages(t) {
		pkg, ours := inModule(p.ImportPath)
		if !ours {
			t.Fatalf("go list ./... lists %s", p.ImportPath)
		}
		for _, name := range slices.Concat(p.GoFiles, p.IgnoredGoFiles) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			path := filepath.Join(p.Dir, name)
			syntax, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, goFile{filepath.Join(pkg, name), pkg, syntax})
		}
	}
	if len(files) == 0 {
		t.Fatal("go list ./... lists no Go file")
	}
	return files
}

// A listedPackage is what go list says of a package.
type listedPackage struct {
	ImportPath, Dir         string
	GoFiles, IgnoredGoFiles []string // those ignored are for other systems or build tags
}

func modulePackages(t *testing.T) []listedPackage {
	t.Helper()
	const fields = "-json=ImportPath,Dir,GoFiles,IgnoredGoFiles"
	list := exec.CommandContext(t.Context(), "go", "list", "-e", fields, "./...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list ./...: %v", err)
	}
	var packages []listedPackage
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listedPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
