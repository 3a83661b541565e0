package fs

import (
	"context"
	"io"
	iofs "io/fs"
)

type hdfsFS struct{ authority string }

func newHDFS(r *Resolver, authority string) (*hdfsFS, error) { return &hdfsFS{authority}, nil }
func (h *hdfsFS) close() error                               { return nil }
func (h *hdfsFS) URL(path string) string                     { return "hdfs://" + h.authority + path }
func (h *hdfsFS) Open(ctx context.Context, path string) (File, error) {
	return nil, iofs.ErrInvalid
}
func (h *hdfsFS) OpenAt(ctx context.Context, path string, offset int64) (io.ReadCloser, error) {
	return nil, iofs.ErrInvalid
}
func (h *hdfsFS) Stat(ctx context.Context, path string) (Info, error) { return Info{}, iofs.ErrInvalid }
func (h *hdfsFS) ReadDir(ctx context.Context, path string) ([]Info, error) {
	return nil, iofs.ErrInvalid
}
func (h *hdfsFS) Create(ctx context.Context, path string) (Writer, error) {
	return nil, iofs.ErrInvalid
}
func (h *hdfsFS) Mkdir(ctx context.Context, path string, perm iofs.FileMode) error {
	return iofs.ErrInvalid
}
func (h *hdfsFS) MkdirAll(ctx context.Context, path string, perm iofs.FileMode) error {
	return iofs.ErrInvalid
}
func (h *hdfsFS) Remove(ctx context.Context, path string) error     { return iofs.ErrInvalid }
func (h *hdfsFS) RemoveAll(ctx context.Context, path string) error  { return iofs.ErrInvalid }
func (h *hdfsFS) Rename(ctx context.Context, from, to string) error { return iofs.ErrInvalid }
func (h *hdfsFS) Chmod(ctx context.Context, path string, perm iofs.FileMode) error {
	return iofs.ErrInvalid
}
func (h *hdfsFS) Blocks(ctx context.Context, path string) ([]Block, error) {
	return nil, iofs.ErrInvalid
}
func (h *hdfsFS) Glob(ctx context.Context, pattern string) ([]Info, error) {
	return glob(ctx, h, pattern)
}
