package yarnlogs

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// nodeAnswer is a NodeManager's answer; sizes are numbers in quotes.
type nodeAnswer struct {
	ContainerLogsInfo struct {
		ContainerLogInfo []struct{ FileName, FileSize string }
	}
}

// logs is the address of the list of log files, and the folder of the files.
func (c Container) logs() string {
	return c.Web + "/ws/v1/node/containers/" + url.PathEscape(c.ID) + "/logs"
}

// Files lists the log files of a running container, by name.
func (l *Live) Files(ctx context.Context, c Container) ([]Log, error) {
	var answer nodeAnswer
	if err := l.getJSON(ctx, c.logs(), &answer); err != nil {
		return nil, err
	}
	var out []Log
	for _, f := range answer.ContainerLogsInfo.ContainerLogInfo {
		size, err := strconv.ParseInt(f.FileSize, 10, 64)
		if err != nil || size < 0 {
			return nil, fmt.Errorf("logs of %s: size %.20q of %s: %w", c.ID, f.FileSize, f.FileName,
				errDamaged)
		}
		out = append(out, Log{Container: c.ID, Node: c.Node, Name: f.FileName, Size: size})
	}
	slices.SortFunc(out, func(a, b Log) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Copy writes a log file from an offset on to w and returns the offset of what comes next. The
// NodeManager sends a file's last bytes, so what is wanted is counted from the end that Files told;
// a file that has grown since is given up to its end all the same.
func (l *Live) Copy(
	ctx context.Context, c Container, log Log, from int64, w io.Writer,
) (int64, error) {
	if log.Size <= from {
		return from, nil
	}
	address := fmt.Sprintf("%s/%s?size=%d", c.logs(), url.PathEscape(log.Name), from-log.Size)
	body, err := l.get(ctx, address, "text/plain, */*")
	if err != nil {
		return from, err
	}
	defer body.Close()
	in := bufio.NewReaderSize(body, 64<<10)
	size, err := skipHeader(in, log.Size)
	if err != nil {
		return from, fmt.Errorf("read %s of %s: %w", log.Name, c.ID, err)
	}
	// The answer holds the last log.Size-from bytes of size: bytes between are still to come.
	begin := size - (log.Size - from)
	if begin > from {
		grown := log
		grown.Size = size
		return l.Copy(ctx, c, grown, from, w)
	}
	n, err := io.CopyN(w, in, size-from)
	if err != nil {
		err = fmt.Errorf("read %s of %s: %w", log.Name, c.ID, unexpected(err))
	}
	return from + n, err
}

// maxHeader bounds the lines in front of a log's bytes.
const maxHeader = 16

// skipHeader reads what NodeManagers since 2.9 put before a log and returns the file's size:
//
//	Container: container_… on host:port
//	LogAggregationType: LOCAL
//	=====
//	LogType:stdout
//	LogLastModifiedTime:Sat Nov 21 07:57:35 +0000 2026
//	LogLength:30
//	LogContents:
//
// Older ones send the bytes alone, of the size that was asked for.
func skipHeader(in *bufio.Reader, plain int64) (int64, error) {
	start, _ := in.Peek(len("Container: ")) // a short log is a plain one
	if string(start) != "Container: " {
		return plain, nil
	}
	size := int64(-1)
	for range maxHeader {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, unexpected(err)
		}
		text := strings.TrimSpace(string(line))
		if digits, ok := strings.CutPrefix(text, "LogLength:"); ok {
			if size, err = strconv.ParseInt(strings.TrimSpace(digits), 10, 64); err != nil {
				return 0, err
			}
		}
		if text == "LogContents:" && size >= 0 {
			return size, nil
		}
	}
	return 0, fmt.Errorf("no length before the log: %w", errDamaged)
}
