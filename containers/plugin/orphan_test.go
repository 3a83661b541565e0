package plugin_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/containerstest"
)

// driver is what the next test kills: it starts a cluster with one executor,
// tells both process ids and waits for its end.
func driver(t *testing.T) {
	out := newOutput()
	c := cluster(t, out, map[string]string{"behaviour": string(containerstest.Wait)})
	events := make(chan containers.Event, 10)
	if err := c.Start(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	containerstest.LaunchOne(t, c, events)
	executor := out.pid(t)
	fmt.Println("children", executor, parentOf(t, executor))
	select {}
}

// A driver that is killed leaves neither its plugin nor an executor behind.
func TestKilledDriverLeavesNothingBehind(t *testing.T) {
	if os.Getenv("TEST_DRIVER") != "" {
		driver(t)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "TEST_DRIVER=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	children := readChildren(t, bufio.NewScanner(stdout))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, pidfd := range children {
		awaitEnd(t, pidfd)
		unix.Close(pidfd)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the killed driver ended in peace")
	}
}

func awaitEnd(t *testing.T, pidfd int) {
	t.Helper()
	ready := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
	n, err := unix.Poll(ready, 10_000)
	for err == unix.EINTR { // Go's scheduler sends signals
		n, err = unix.Poll(ready, 10_000)
	}
	if n != 1 || err != nil {
		t.Errorf("a child of the killed driver still runs (%v)", err)
	}
}

// readChildren opens the processes that the driver names.
func readChildren(t *testing.T, lines *bufio.Scanner) (pidfds []int) {
	t.Helper()
	for lines.Scan() {
		list, ok := strings.CutPrefix(lines.Text(), "children ")
		if !ok {
			continue
		}
		for _, word := range strings.Fields(list) {
			pid, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			fd, err := unix.PidfdOpen(pid, 0)
			if err != nil {
				t.Fatal(err)
			}
			pidfds = append(pidfds, fd)
		}
		return pidfds
	}
	t.Fatal("the driver named no children")
	return nil
}

// parentOf is the process that started another one.
func parentOf(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	parent, err := strconv.Atoi(strings.Fields(rest)[1])
	if err != nil {
		t.Fatal(err)
	}
	return parent
}
