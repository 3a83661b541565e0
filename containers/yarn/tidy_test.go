package yarn

import "testing"

func TestTidyLeavesWhatHelps(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "\n\n", ""},
		{"a crash", "[2026-11-21 08:20:11.621]Exception from container-launch.\n" +
			"Container id: container_1_0060_01_000001\nExit code: 1\n\n" +
			"[2026-11-21 08:20:11.624]Container exited with a non-zero exit code 1. Error file: prelaunch.err.\n" +
			"Last 4096 bytes of prelaunch.err :\nLast 4096 bytes of stderr :\npanic: oh\n\tmain.go:3\n\n\n" +
			"[2026-11-21 08:20:11.624]Container exited with a non-zero exit code 1. Error file: prelaunch.err.\n" +
			"Last 4096 bytes of prelaunch.err :\nLast 4096 bytes of stderr :\npanic: oh\n\tmain.go:3\n",
			"Container exited with a non-zero exit code 1. Error file: prelaunch.err.\npanic: oh\n\tmain.go:3"},
		{"too much memory", "[2026-11-21 08:20:11.621]Container [pid=7] is running 20MB beyond the 'PHYSICAL' " +
			"memory limit. Killing container.\nDump of the process-tree for container_1 :\n\t|- PID PPID\n",
			"Container [pid=7] is running 20MB beyond the 'PHYSICAL' memory limit. Killing container."},
		{"a lost node", "Container released on a *lost* node", "Container released on a *lost* node"},
	} {
		if got := tidy(c.in); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}
