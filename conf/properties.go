package conf

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxFileSize bounds every configuration file; real ones have a few kilobytes.
const maxFileSize = 16 << 20

var errTooLarge = fmt.Errorf("file is larger than %v; is it a configuration file?",
	Size(maxFileSize))

// A Property is one line of a properties file.
type Property struct {
	Key, Value string
	Line       int // where the key stands, from 1
}

// readProperties reads a file in the syntax of java.util.Properties, as spark-defaults.conf.
func readProperties(name string) ([]Property, error) {
	data, err := readLimited(name)
	if err != nil {
		return nil, err
	}
	props, err := ParseProperties(data)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return props, nil
}

// readLimited reads a whole file, unless it is too large to be meant.
func readLimited(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(data) > maxFileSize {
		err = fmt.Errorf("%s: %w", name, errTooLarge)
	}
	return data, err
}

// ParseProperties reads "key value", "key=value" and "key: value" lines. A # or ! opens a comment,
// a backslash at the end continues a line, and \t \n \r \f \uXXXX are escapes; blanks around a
// value are dropped, as Spark does. Errors begin with the line number.
func ParseProperties(data []byte) ([]Property, error) {
	var out []Property
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, maxFileSize+1)
	for n := 1; lines.Scan(); n++ {
		first := n
		line := strings.TrimLeft(lines.Text(), " \t\f")
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		var joined strings.Builder
		for continues(line) && lines.Scan() {
			n++
			joined.WriteString(line[:len(line)-1])
			line = strings.TrimLeft(lines.Text(), " \t\f")
		}
		if continues(line) {
			line = line[:len(line)-1] // the file ends here
		}
		joined.WriteString(line)
		p, err := parseProperty(joined.String())
		if err != nil {
			return nil, fmt.Errorf("%d: %w", first, err)
		}
		p.Line = first
		out = append(out, p)
	}
	return out, lines.Err()
}

// continues reports whether an odd number of backslashes ends the line.
func continues(line string) bool {
	bare := strings.TrimRight(line, `\`)
	return (len(line)-len(bare))%2 == 1
}

// parseProperty cuts a logical line at the first separator that is not escaped.
func parseProperty(line string) (Property, error) {
	end := 0
	for end < len(line) && !strings.ContainsRune("=: \t\f", rune(line[end])) {
		if line[end] == '\\' {
			end++
		}
		end++
	}
	end = min(end, len(line))
	rest := strings.TrimLeft(line[end:], " \t\f")
	if rest != "" && (rest[0] == '=' || rest[0] == ':') {
		rest = rest[1:]
	}
	key, err := unescape(line[:end])
	if err != nil {
		return Property{}, err
	}
	value, err := unescape(rest)
	if err != nil {
		return Property{}, err
	}
	if key == "" {
		return Property{}, errors.New("line has no key")
	}
	return Property{Key: key, Value: strings.TrimSpace(value)}, nil
}

// unescape resolves backslashes; one before any other letter just vanishes.
func unescape(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var out []uint16 // Java counts characters in UTF-16, and \ud83d\ude00 is one of ours
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		if runes[i] != '\\' || i+1 == len(runes) {
			out = utf16.AppendRune(out, runes[i])
			continue
		}
		i++
		if letter := strings.IndexRune("tnrf", runes[i]); letter >= 0 {
			out = append(out, uint16("\t\n\r\f"[letter]))
			continue
		}
		if runes[i] != 'u' {
			out = utf16.AppendRune(out, runes[i])
			continue
		}
		unit, err := strconv.ParseUint(string(runes[i+1:min(i+5, len(runes))]), 16, 16)
		if err != nil || i+4 >= len(runes) {
			return "", errors.New(`\u without four hexadecimal digits`)
		}
		out, i = append(out, uint16(unit)), i+4
	}
	return string(utf16.Decode(out)), nil
}
