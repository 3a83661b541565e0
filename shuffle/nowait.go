package shuffle

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// readCached reads what the page cache has, without telling Go's scheduler: that takes a thread's
// work away during calls that may wait, and watches for them all the time. It returns how much
// was read, which is nothing where the file system cannot tell what it has.
func readCached(f *os.File, p []byte, at int64) int {
	if len(p) == 0 {
		return 0
	}
	v := unix.Iovec{Base: &p[0], Len: uint64(len(p))}
	n, _, errno := unix.RawSyscall6(unix.SYS_PREADV2, f.Fd(), uintptr(unsafe.Pointer(&v)), 1,
		uintptr(at), 0, unix.RWF_NOWAIT)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// sendNow writes to a socket that does not wait.
func sendNow(fd int, p []byte, flags int) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])),
		uintptr(len(p)), uintptr(flags), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
