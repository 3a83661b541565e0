package auxservice

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/weft-data/weft/shuffle"
)

// child is a real weft-shuffled, held as the NodeManager's side holds it.
type child struct {
	NodeShuffleClient
	cmd   *exec.Cmd
	stdin io.Closer
	conn  *grpc.ClientConn
	log   *strings.Builder // to be read after wait
}

func startChild(t *testing.T, env ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	if len(env) > 0 { // a disk of its own
		cmd.SysProcAttr = newMounts()
	}
	cmd.Env = []string{asChild + "=1", "PLUGIN_UNIX_SOCKET_DIR=" + t.TempDir(),
		Handshake.MagicCookieKey + "=" + Handshake.MagicCookieValue}
	cmd.Env = append(cmd.Env, env...)
	c := &child{cmd: cmd, log: &strings.Builder{}}
	cmd.Stderr = c.log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.stdin = stdin
	t.Cleanup(func() { cmd.Process.Kill(); c.wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("no handshake: %v: %s", err, c.log)
	}
	parts := strings.Split(strings.TrimSpace(line), "|") // 1|1|unix|path|grpc|
	c.conn, err = grpc.NewClient("unix:"+parts[3],
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.conn.Close() })
	c.NodeShuffleClient = NewNodeShuffleClient(c.conn)
	return c
}

// wait returns the exit code, -1 after a signal.
func (c *child) wait() int {
	c.cmd.Wait()
	return c.cmd.ProcessState.ExitCode()
}

// configure starts serving dirs on a port of the child's choice and returns the address.
func (c *child) configure(t *testing.T, r *ConfigureRequest) string {
	t.Helper()
	r.Host = "127.0.0.1"
	reply, err := c.Configure(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(r.Host, strconv.Itoa(int(reply.Port)))
}

func TestChildServes(t *testing.T) {
	t.Parallel()
	c := startChild(t)
	health := grpc_health_v1.NewHealthClient(c.conn)
	h, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "plugin"})
	if err != nil || h.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Fatalf("health %v, %v", h, err)
	}
	addr := c.configure(t, &ConfigureRequest{LocalDirs: []string{t.TempDir()}})
	if _, err := c.StartApplication(t.Context(), start(app1, "ann", 1)); err != nil {
		t.Fatal(err)
	}
	st, err := c.Status(t.Context(), &StatusRequest{})
	if err != nil || st.Applications != 1 {
		t.Fatalf("status %v, %v", st, err)
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := shuffle.Prove(t.Context(), conn, app1, secret(1)); err != nil {
		t.Error(err)
	}
}

// The NodeManager dies, says goodbye, or the machine is shut down: the child ends by itself.
func TestChildEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(*child) error
	}{
		{"standard input ends", func(c *child) error { return c.stdin.Close() }},
		{"SIGTERM", func(c *child) error { return c.cmd.Process.Signal(syscall.SIGTERM) }},
		{"Shutdown", func(c *child) error {
			// The controller's messages are empty, as StatusRequest is; the answer may not come.
			c.conn.Invoke(t.Context(), "/plugin.GRPCController/Shutdown", &StatusRequest{},
				&StatusRequest{})
			return nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := startChild(t)
			addr := c.configure(t, &ConfigureRequest{LocalDirs: []string{t.TempDir()}})
			if err := tt.end(c); err != nil {
				t.Fatal(err)
			}
			if code := c.wait(); code != 0 || !strings.Contains(c.log.String(), "ended") {
				t.Errorf("exit code %d: %s", code, c.log)
			}
			if conn, err := net.Dial("tcp", addr); err == nil {
				conn.Close()
				t.Error("somebody still listens")
			}
		})
	}
}
