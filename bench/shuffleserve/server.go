package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/weft-data/weft/auxservice"
	"github.com/weft-data/weft/bench/internal/cpu"
	"github.com/weft-data/weft/shuffle"
)

var secret = bytes.Repeat([]byte{7}, shuffle.SecretSize)

// server is a weft-shuffled that serves the application.
type server struct {
	cmd   *exec.Cmd
	stdin io.Closer
	addr  string
}

// startServer starts the program as its NodeManager would.
func startServer(ctx context.Context, program, dir string, c *auxservice.ConfigureRequest) (
	*server, error,
) {
	cmd := exec.CommandContext(ctx, program)
	h := auxservice.Handshake
	cmd.Env = []string{h.MagicCookieKey + "=" + h.MagicCookieValue, "PLUGIN_UNIX_SOCKET_DIR=" + dir}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, stdin: stdin}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		err = s.configure(ctx, strings.Split(line, "|")[3], c)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return s, nil
}

func (s *server) configure(
	ctx context.Context, socket string, c *auxservice.ConfigureRequest,
) error {
	conn, err := grpc.NewClient("unix:"+socket,
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	client := auxservice.NewNodeShuffleClient(conn)
	reply, err := client.Configure(ctx, c)
	if err != nil {
		return err
	}
	s.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(int(reply.Port)))
	_, err = client.StartApplication(ctx, &auxservice.StartApplicationRequest{
		Application: app, User: user, Data: append([]byte{1}, secret...),
	})
	return err
}

func (s *server) stop() {
	s.stdin.Close()
	_ = s.cmd.Wait() // by then it has served, or has told why not
}

// cpu is the CPU time that the process has used.
func (s *server) cpu() (time.Duration, error) { return cpu.Used(s.cmd.Process.Pid) }

// peak is the most memory that the process has had resident, in bytes.
func (s *server) peak() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	return kb << 10, err
}

// dial connects from one of several loopback addresses, each of which has 28,000 ports, and
// proves the secret.
func (s *server) dial(ctx context.Context, from int) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+from%8))}}
	conn, err := d.DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return nil, err
	}
	return conn, shuffle.Prove(ctx, conn, app, secret)
}
