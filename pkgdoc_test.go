package weft_test

import (
	"go/ast"
	"go/doc"
	"strings"
	"testing"
)

// minDoc is the least length of a package comment: one sentence does not say what a package is,
// what flows in and out, and who may call it.
const minDoc = 100

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	comments := packageComments(t)
	for _, f := range moduleFiles(t) {
		text, listed := comments[f.pkg]
		if !listed {
			continue // reported with the package's first file
		}
		delete(comments, f.pkg)
		if want := opening(f); !strings.HasPrefix(text, want) {
			t.Errorf("package %q (%s): its comment begins %.40q; want %q", f.pkg, f.name, text, want)
			continue
		}
		if synopsis := new(doc.Package).Synopsis(text); len(text) < minDoc ||
			len(text) <= len(synopsis)+1 {
			t.Errorf("package %q: its comment is one sentence: say what flows in and out, and who may "+
				"call it from which goroutine", f.pkg)
		}
	}
}

// packageComments joins the package comments of each package's files.
func packageComments(t *testing.T) map[string]string {
	comments := map[string]string{}
	for _, f := range moduleFiles(t) {
		comments[f.pkg] += commentText(f.syntax.Doc)
	}
	return comments
}

// commentText leaves out the note that marks generated code, which no reader needs.
func commentText(c *ast.CommentGroup) string {
	if c == nil || strings.Contains(c.Text(), "Code generated") {
		return ""
	}
	return c.Text()
}

// opening is how a package's comment begins.
func opening(f goFile) string {
	if f.syntax.Name.Name != "main" {
		return "Package " + f.syntax.Name.Name + " "
	}
	return "Command " + f.pkg[strings.LastIndex(f.pkg, "/")+1:] + " "
}
