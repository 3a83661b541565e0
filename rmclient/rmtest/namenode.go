package rmtest

import (
	"cmp"
	"context"
	"path"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// nameNode answers the calls of package namenode for files that the test names.
type nameNode struct {
	address string

	mu    sync.Mutex
	files map[string]*File // by path; directories follow from the paths
	calls map[int32]bool   // renames that were carried out, for calls that come again
	lose  bool
}

// File is a file of the cluster's NameNode. Its blocks are full but for the last.
type File struct {
	Path      string
	Size      int64
	BlockSize int64      // default: the whole file
	Hosts     [][]string // of each block
}

func newNameNode() *nameNode {
	return &nameNode{files: map[string]*File{}, calls: map[int32]bool{}}
}

// NameNode is the address of the cluster's NameNode.
func (c *Cluster) NameNode() string { return c.names.address }

// AddFile puts a file there.
func (c *Cluster) AddFile(f File) {
	c.names.mu.Lock()
	defer c.names.mu.Unlock()
	f.BlockSize = cmp.Or(f.BlockSize, f.Size, 1)
	c.names.files[f.Path] = &f
}

// LoseNameNodeAnswer lets the NameNode carry the next call out and break the connection.
func (c *Cluster) LoseNameNodeAnswer() {
	c.names.mu.Lock()
	defer c.names.mu.Unlock()
	c.names.lose = true
}

func (n *nameNode) handle(_ context.Context, r *ipc.Request) (proto.Message, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	answer, err := n.serve(r)
	if n.lose {
		n.lose = false
		return nil, ipc.ErrHangUp
	}
	return answer, err
}

func (n *nameNode) serve(r *ipc.Request) (proto.Message, error) {
	switch r.Method {
	case "getBlockLocations":
		return n.locations(r)
	case "rename2":
		return n.rename(r)
	case "getListing":
		return n.list(r)
	}
	return nil, &ipc.RemoteError{Class: ipc.NoSuchMethod, Message: "Unknown method " + r.Method}
}

func (n *nameNode) locations(r *ipc.Request) (proto.Message, error) {
	var request hadooppb.GetBlockLocationsRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	f := n.files[request.GetSrc()]
	if f == nil {
		return nil, &ipc.RemoteError{Class: "java.io.FileNotFoundException",
			Message: "File does not exist: " + request.GetSrc()}
	}
	return &hadooppb.GetBlockLocationsResponseProto{
		Locations: f.blocks(int64(request.GetOffset()), int64(request.GetLength()))}, nil
}

// blocks lists the blocks that overlap a range.
func (f *File) blocks(offset, length int64) *hadooppb.LocatedBlocksProto {
	p := &hadooppb.LocatedBlocksProto{FileLength: proto.Uint64(uint64(f.Size)),
		UnderConstruction: proto.Bool(false), IsLastBlockComplete: proto.Bool(true)}
	for i, start := 0, int64(0); start < f.Size; i, start = i+1, start+f.BlockSize {
		size := min(f.BlockSize, f.Size-start)
		if start+size <= offset || start >= offset+length {
			continue
		}
		block := &hadooppb.LocatedBlockProto{
			Offset:  proto.Uint64(uint64(start)),
			Corrupt: proto.Bool(false),
			B: &hadooppb.ExtendedBlockProto{
				PoolId:          proto.String("BP-1"),
				BlockId:         proto.Uint64(uint64(i)),
				GenerationStamp: proto.Uint64(1),
				NumBytes:        proto.Uint64(uint64(size)),
			},
			BlockToken: &hadooppb.TokenProto{Identifier: []byte{}, Password: []byte{},
				Kind: proto.String(""), Service: proto.String("")},
		}
		if i < len(f.Hosts) {
			for _, host := range f.Hosts[i] {
				block.Locs = append(
					block.Locs,
					&hadooppb.DatanodeInfoProto{Id: &hadooppb.DatanodeIDProto{
						IpAddr: proto.String(
							"127.0.0.1",
						), HostName: &host, DatanodeUuid: proto.String(host),
						XferPort: proto.Uint32(
							9866,
						), InfoPort: proto.Uint32(9864), IpcPort: proto.Uint32(9867)}},
				)
			}
		}
		p.Blocks = append(p.Blocks, block)
	}
	return p
}

// rename remembers its calls, as a NameNode's retry cache does.
func (n *nameNode) rename(r *ipc.Request) (proto.Message, error) {
	var request hadooppb.Rename2RequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	from, to := request.GetSrc(), request.GetDst()
	switch f := n.files[from]; {
	case n.calls[r.Call] && r.Retry > 0:
	case f == nil:
		return nil, &ipc.RemoteError{Class: "java.io.FileNotFoundException",
			Message: "rename source " + from + " is not found."}
	case n.files[to] != nil && !request.GetOverwriteDest():
		return nil, &ipc.RemoteError{Class: "org.apache.hadoop.fs.FileAlreadyExistsException",
			Message: "rename destination " + to + " already exists"}
	default:
		delete(n.files, from)
		f.Path = to
		n.files[to] = f
		n.calls[r.Call] = true
	}
	return &hadooppb.Rename2ResponseProto{}, nil
}

// listPage is how many entries a listing holds at a time.
const listPage = 3

func (n *nameNode) list(r *ipc.Request) (proto.Message, error) {
	var request hadooppb.GetListingRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	var names []string
	for name := range n.files {
		if path.Dir(name) == path.Clean(request.GetSrc()) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return &hadooppb.GetListingResponseProto{}, nil
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return path.Base(name) <= string(request.GetStartAfter())
	})
	listing := &hadooppb.DirectoryListingProto{
		RemainingEntries: proto.Uint32(uint32(max(len(names)-listPage, 0)))}
	for _, name := range names[:min(len(names), listPage)] {
		listing.PartialListing = append(listing.PartialListing, n.files[name].status())
	}
	return &hadooppb.GetListingResponseProto{DirList: listing}, nil
}

func (f *File) status() *hadooppb.HdfsFileStatusProto {
	return &hadooppb.HdfsFileStatusProto{FileType: hadooppb.HdfsFileStatusProto_IS_FILE.Enum(),
		Path: []byte(path.Base(f.Path)), Length: proto.Uint64(uint64(f.Size)),
		Permission: &hadooppb.FsPermissionProto{Perm: proto.Uint32(0o644)},
		Owner:      proto.String("tester"), Group: proto.String("tester"),
		ModificationTime: proto.Uint64(
			0,
		), AccessTime: proto.Uint64(0), Locations: f.blocks(0, f.Size)}
}
