package pipeline

import (
	"strings"
	"testing"
)

// fresh gives a test a registry of its own.
func fresh(t *testing.T) {
	t.Helper()
	registry.mu.Lock()
	defer registry.mu.Unlock()
	byID, errs, sealed := registry.byID, registry.errs, registry.sealed
	registry.byID, registry.errs, registry.sealed = map[string]*Operator{}, nil, ""
	t.Cleanup(func() { registry.byID, registry.errs, registry.sealed = byID, errs, sealed })
}

func TestOperatorDeclaredTwiceNamesBothPlaces(t *testing.T) {
	fresh(t)
	Register(&Operator{ID: "main/main.go:7", Kind: "map", Site: "main/main.go:7"})
	Register(&Operator{ID: "main/main.go:7", Kind: "filter", Site: "main/main.go:7"})
	err := Seal("main/main.go:20")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"declared twice", "map (main/main.go:7)", "filter (main/main.go:7)",
		"weft.Named"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
}

func TestOperatorDeclaredAfterMainNamesBothPlaces(t *testing.T) {
	fresh(t)
	if err := Seal("main/main.go:20"); err != nil {
		t.Fatal(err)
	}
	Register(&Operator{ID: Builtin("collect", "int"), Kind: "collect"}) // comes with the type
	Register(&Operator{ID: "x", Kind: "map", Site: "main/late.go:5"})
	err := Late()
	if err == nil || !strings.HasPrefix(err.Error(),
		"map at late.go:5 is declared after weft.Main began (main/main.go:20)") {
		t.Errorf("got %v", err)
	}
}

func TestBuiltinsOfOneTypeMayBeRegisteredAgain(t *testing.T) {
	fresh(t)
	for range 2 {
		Register(&Operator{ID: Builtin("collect", "int"), Kind: "collect"})
	}
	if err := Seal("main"); err != nil {
		t.Error(err)
	}
	if !Known("int") || Known("string") {
		t.Error("known types are wrong")
	}
}

func TestManifestTellsProgramsApart(t *testing.T) {
	fresh(t)
	Register(&Operator{ID: "b", Kind: "filter", Types: "int"})
	Register(&Operator{ID: "a", Kind: "map", Types: "int string"})
	want := formats + "\na map int string\nb filter int"
	if got := (Program{}).Manifest(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUnknownOperatorTellsWhereToDeclare(t *testing.T) {
	fresh(t)
	if _, err := Lookup("gone"); err == nil ||
		!strings.Contains(err.Error(), "declare it as a package variable") {
		t.Errorf("got %v", err)
	}
}
