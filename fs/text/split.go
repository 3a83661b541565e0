package text

// Codec says how a file is compressed.
type Codec string

// The codecs. A compressed file is one split: neither gzip nor zstd can be entered in the middle.
const (
	Plain Codec = ""
	Gzip  Codec = "gzip"
	Zstd  Codec = "zstd"
)

// A Split is a piece of one file. It is plain data, fit for any encoding.
type Split struct {
	Path     string   `json:"path"` // URL of the file, for fs.Resolver.FS
	Offset   int64    `json:"offset"`
	Length   int64    `json:"length"`
	FileSize int64    `json:"fileSize"`
	Hosts    []string `json:"hosts,omitempty"` // those that keep most of it, best first
	Codec    Codec    `json:"codec,omitempty"`
}

// A Partition is what one task reads, in order: a piece of a large file or several small files.
type Partition []Split

// Bytes is the length of all its splits.
func (p Partition) Bytes() int64 {
	var n int64
	for _, s := range p {
		n += s.Length
	}
	return n
}
