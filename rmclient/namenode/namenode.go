// Package namenode asks an HDFS NameNode the few things that the HDFS library for Go leaves out:
// where the blocks of files lie, and to rename without overwriting. It speaks Hadoop RPC as the
// packages beside it do; file contents are not its business.
//
//	path ──▶ Client ── getBlockLocations, getListing, rename2 ──▶ the active NameNode :8020
//
// A Client may be used from any number of goroutines. Several addresses are NameNodes that stand
// in for each other: a standby or dead one is passed over, round and round, until Config.RetryFor
// has passed. Errors match os.ErrNotExist, os.ErrExist and os.ErrPermission, and keep the Java
// class in a RemoteError.
package namenode

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

const protocol = "org.apache.hadoop.hdfs.protocol.ClientProtocol"

// Config says where the NameNodes are. Only Addresses is needed.
type Config struct {
	Addresses []string // host:port (8020) of the NameNodes of one nameservice
	// User asks. Default: HADOOP_USER_NAME, or the user of this process.
	User string

	DialTimeout time.Duration // of one connection; default 20 s
	CallTimeout time.Duration // of one answer; default 120 s
	RetryFor    time.Duration // how long dead and standby NameNodes are tried; default 60 s
	RetryBase   time.Duration // pause after a round of tries, growing; default 0.5 s
	IdleTimeout time.Duration // after which an unused connection is closed; default 10 s

	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Logger hclog.Logger
}

// ErrUnreachable means that no NameNode answered for Config.RetryFor. The text names the
// addresses.
var ErrUnreachable = ipc.ErrUnreachable

// RemoteError is what a NameNode answered instead of a result.
type RemoteError = ipc.RemoteError

// Client asks the NameNodes of one nameservice.
type Client struct{ rpc *ipc.Client }

// New makes a client. It dials with the first call.
func New(c Config) (*Client, error) {
	rpc, err := ipc.NewClient(c.Addresses, ipc.Options{
		Protocol: protocol, User: c.user(), DialTimeout: c.DialTimeout, CallTimeout: c.CallTimeout,
		RetryFor: c.RetryFor, RetryBase: c.RetryBase, IdleTimeout: c.IdleTimeout,
		Dial: c.Dial, Kinds: kindOf, Logger: c.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("name node: %w", err)
	}
	return &Client{rpc: rpc}, nil
}

func (c Config) user() string {
	if name := cmp.Or(c.User, os.Getenv("HADOOP_USER_NAME")); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "nobody")
}

// Close ends the connection.
func (c *Client) Close() error { return c.rpc.Close() }

// Block is a piece of a file and the hosts that hold it, nearest first.
type Block struct {
	Offset, Length int64
	Hosts          []string
}

// BlockLocations returns the blocks that overlap length bytes from offset, in order. Blocks are
// whole: the first may begin before the offset and the last end after it.
func (c *Client) BlockLocations(
	ctx context.Context,
	path string,
	offset, length int64,
) ([]Block, error) {
	if offset < 0 || length < 0 {
		return nil, pathError("blocks", path, os.ErrInvalid)
	}
	var answer hadooppb.GetBlockLocationsResponseProto
	err := c.rpc.Call(ctx, "getBlockLocations", true, &hadooppb.GetBlockLocationsRequestProto{
		Src:    &path,
		Offset: proto.Uint64(uint64(offset)),
		Length: proto.Uint64(uint64(length)),
	}, &answer)
	switch {
	case err != nil:
		return nil, pathError("blocks", path, err)
	case answer.GetLocations() == nil:
		return nil, pathError("blocks", path, os.ErrNotExist)
	}
	return blocks(answer.GetLocations()), nil
}

func blocks(p *hadooppb.LocatedBlocksProto) []Block {
	var out []Block
	for _, b := range p.GetBlocks() {
		block := Block{Offset: int64(b.GetOffset()), Length: int64(b.GetB().GetNumBytes())}
		for _, node := range b.GetLocs() {
			block.Hosts = append(block.Hosts, node.GetId().GetHostName())
		}
		out = append(out, block)
	}
	return out
}

// Rename moves a file or directory and never overwrites: a target that exists is os.ErrExist, a
// source that does not is os.ErrNotExist. NameNodes remember the call, so that one whose answer is
// lost is not carried out twice.
func (c *Client) Rename(ctx context.Context, from, to string) error {
	err := c.rpc.Call(ctx, "rename2", true, &hadooppb.Rename2RequestProto{
		Src: &from, Dst: &to, OverwriteDest: proto.Bool(false)}, &hadooppb.Rename2ResponseProto{})
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// Entry is a file or directory, with its blocks.
type Entry struct {
	Name     string // within its directory
	Dir      bool
	Size     int64
	Modified time.Time
	Blocks   []Block
}

// List returns what a directory holds, ordered by name, with the blocks of files, in few calls. Of
// a file it returns the one entry, without a name.
func (c *Client) List(ctx context.Context, path string) ([]Entry, error) {
	var entries []Entry
	for after := []byte{}; ; {
		var answer hadooppb.GetListingResponseProto
		err := c.rpc.Call(ctx, "getListing", true, &hadooppb.GetListingRequestProto{
			Src: &path, StartAfter: after, NeedLocation: proto.Bool(true)}, &answer)
		switch {
		case err != nil:
			return nil, pathError("list", path, err)
		case answer.GetDirList() == nil:
			return nil, pathError("list", path, os.ErrNotExist)
		}
		page := answer.GetDirList().GetPartialListing()
		for _, p := range page {
			entries = append(entries, entry(p))
		}
		if answer.GetDirList().GetRemainingEntries() == 0 || len(page) == 0 {
			return entries, nil
		}
		after = page[len(page)-1].GetPath()
	}
}

func entry(p *hadooppb.HdfsFileStatusProto) Entry {
	return Entry{Name: string(p.GetPath()), Size: int64(p.GetLength()),
		Dir:      p.GetFileType() == hadooppb.HdfsFileStatusProto_IS_DIR,
		Modified: time.UnixMilli(int64(p.GetModificationTime())),
		Blocks:   blocks(p.GetLocations())}
}

func pathError(
	op, path string,
	err error,
) error {
	return &os.PathError{Op: op, Path: path, Err: err}
}

// kindOf maps Java exceptions to the errors that Go programs look for.
func kindOf(class, message string) error {
	if strings.Contains(message, "must both be directories") {
		return os.ErrExist // what a NameNode says of a file that is to replace a directory
	}
	switch class {
	case "java.io.FileNotFoundException":
		return os.ErrNotExist
	case "org.apache.hadoop.fs.FileAlreadyExistsException":
		return os.ErrExist
	case "org.apache.hadoop.security.AccessControlException":
		return os.ErrPermission
	case "org.apache.hadoop.fs.ParentNotDirectoryException",
		"org.apache.hadoop.fs.InvalidPathException",
		"org.apache.hadoop.fs.UnresolvedLinkException":
		return os.ErrInvalid
	}
	return nil
}
