package containers_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/resource"
)

// environ is a getenv over what a process was given.
func environ(env []string) func(string) string {
	return func(name string) string {
		for _, kv := range env {
			if value, ok := strings.CutPrefix(kv, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

var plain = regexp.MustCompile(`^[A-Z_]+=[A-Za-z0-9.:_=+/,-]*$`)

func TestEnvComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := containers.Launch{
			Executor: rapid.Int32Min(0).Draw(t, "executor"),
			Driver:   "host-1.example.org:12345",
			Host:     "host-2.example.org",
			Slots:    rapid.IntRange(1, 1000).Draw(t, "slots"),
			Resource: resource.Make(resource.Megabytes(rapid.Int64Min(0).Draw(t, "memory")),
				rapid.IntRange(0, 1000).Draw(t, "cores")),
			Dirs: rapid.SliceOfN(rapid.StringMatching(`/[^\x00]{1,20}`), 1, 4).Draw(t, "dirs"),
		}
		for _, kv := range l.Env() {
			if !plain.MatchString(kv) {
				t.Fatalf("a shell would not pass %q on", kv)
			}
		}
		back, err := containers.FromEnv(environ(l.Env()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestFromEnvRefuses(t *testing.T) {
	good := containers.Launch{Executor: 1, Slots: 1}.Env()
	for _, bad := range []string{
		"WEFT_ROLE=driver", "WEFT_EXECUTOR=", "WEFT_EXECUTOR=-1", "WEFT_EXECUTOR=99999999999",
		"WEFT_SLOTS=0", "WEFT_SLOTS=many", "WEFT_RESOURCE=1", "WEFT_RESOURCE=-1,1", "WEFT_DIRS=%",
	} {
		_, err := containers.FromEnv(environ(append([]string{bad}, good...)))
		name, _, _ := strings.Cut(bad, "=")
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func ExampleCompleted_String() {
	fmt.Println(containers.Completed{
		ID: "process-3", Reason: containers.ReasonKilled, ExitCode: 137, Diagnostics: "killed by signal 9",
	})
	// Output: container process-3 completed: killed (exit code 137): killed by signal 9
}
