package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/weft-data/weft/auxservice"
	"github.com/weft-data/weft/bench/internal/child"
	"github.com/weft-data/weft/bench/internal/cpu"
	"github.com/weft-data/weft/shuffle"
)

var secret = bytes.Repeat([]byte{7}, shuffle.SecretSize)

// server is a weft-shuffled that serves the application.
type server struct {
	*child.Process
	addr string
}

// startServer starts the program as its NodeManager would.
func startServer(ctx context.Context, program, dir string, c *auxservice.ConfigureRequest) (
	*server, error,
) {
	cmd := exec.CommandContext(ctx, program)
	h := auxservice.Handshake
	cmd.Env = []string{h.MagicCookieKey + "=" + h.MagicCookieValue, "PLUGIN_UNIX_SOCKET_DIR=" + dir}
	cmd.Stderr = os.Stderr
	process, err := child.Start(cmd)
	if err != nil {
		return nil, err
	}
	s := &server{Process: process}
	line, err := s.Stdout.ReadString('\n')
	if err == nil {
		err = s.configure(ctx, strings.Split(line, "|")[3], c)
	}
	if err != nil {
		s.Stop()
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

// cpu is the CPU time that the process has used.
func (s *server) cpu() (time.Duration, error) { return cpu.Used(s.Pid()) }

// peak is the most memory that the process has had resident, in bytes.
func (s *server) peak() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Pid()))
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
