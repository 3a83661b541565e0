package jobs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGPUs runs the example for GPUs in processes of this machine, with the script that comes along
// and a stand-in for nvidia-smi that knows two GPUs.
func TestGPUs(t *testing.T) {
	script, err := filepath.Abs("../../conf/nvidia-gpus.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	said := "#!/bin/sh\ncase \"$*\" in *index*) echo 0; echo 1 ;; *) echo \"stand-in, 1 MiB\" ;; esac\n"
	if err := os.WriteFile(filepath.Join(dir, "nvidia-smi"), []byte(said), 0o700); err != nil {
		t.Fatal(err)
	}
	u := newUser(t).as("PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH"))
	submit := func(gpus string, tasks string) []string {
		return []string{"submit", "--master", "process[1]", "--executor-cores", "4",
			"--conf", "weft.executor.resource.gpu.amount=" + gpus,
			"--conf", "weft.task.resource.gpu.amount=0.5",
			"--conf", "weft.executor.resource.gpu.discoveryScript=" + script, program("gpus"), tasks}
	}
	r := u.succeed(submit("2", "6"))
	for _, line := range lines(r.stdout.String()) {
		if !strings.Contains(line, "on GPU 0: stand-in") && !strings.Contains(line, "on GPU 1: stand-in") {
			t.Errorf("a task says %q", line)
		}
	}
	if n := len(lines(r.stdout.String())); n != 6 {
		t.Errorf("%d tasks told their GPU\n%s", n, &r.stdout)
	}
	r = u.start("weft", submit("3", "1")...)
	if code := r.code(); code != 1 || !strings.Contains(r.stderr.String(), "3 of gpu") {
		t.Errorf("three GPUs where there are two: exit code %d\n%s", code, &r.stderr)
	}
}
