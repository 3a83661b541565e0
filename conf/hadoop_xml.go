package conf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/beevik/etree"
)

// The bounds of a configuration file.
const (
	maxXMLDepth = 64 // elements within elements; real files have three
	maxIncludes = 32 // files read for one site file
)

var errInclude = errors.New("include")

// property is one <property> element.
type property struct {
	name, value string
	final       bool
}

// siteReader reads one site file and what it includes, all from below one directory.
type siteReader struct {
	h        *Hadoop
	dir      string
	root     *os.Root // refuses .. and links that lead out of dir
	open     []string // the files being read, to find loops
	includes int
}

func (h *Hadoop) readFile(dir, name string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	r := &siteReader{h: h, dir: dir, root: root}
	return r.file(name)
}

// file reads one file into the configuration.
func (r *siteReader) file(name string) error {
	data, err := r.read(name)
	if err != nil {
		return err
	}
	return r.document(name, data)
}

func (r *siteReader) read(name string) ([]byte, error) {
	if len(r.open) > 0 {
		return readLimitedIn(r.root, name)
	}
	// The site file itself may be a link to anywhere (/etc/alternatives): its place was chosen by
	// the owner of the process. What a file includes was chosen by the file.
	return readLimited(filepath.Join(r.dir, name))
}

func readLimitedIn(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(data) > maxFileSize {
		err = errTooLarge
	}
	return data, err
}

func (r *siteReader) document(name string, data []byte) error {
	root, lines, err := parseXML(data)
	where := filepath.Join(r.dir, name)
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%s:%d: malformed XML: %s; correct the file", where, syntax.Line, syntax.Msg)
	}
	if err != nil {
		return fmt.Errorf("%s: malformed XML: %w; correct the file", where, err)
	}
	if root.Tag != "configuration" {
		return fmt.Errorf("%s:%d: the outer element is <%s>, want <configuration>",
			where, lines[root], root.Tag)
	}
	r.open = append(r.open, filepath.Clean(name))
	err = r.configuration(name, root, lines)
	r.open = r.open[:len(r.open)-1]
	return err
}

// configuration takes the children of a <configuration> or <xi:fallback> in their order.
func (r *siteReader) configuration(name string, e *etree.Element, lines elementLines) error {
	for _, child := range e.ChildElements() {
		where := fmt.Sprintf("%s:%d", filepath.Join(r.dir, name), lines[child])
		var err error
		switch child.Tag {
		case "property":
			if p, ok := parseHadoopProperty(child); ok {
				r.h.add(p, where)
			}
		case "configuration":
			err = r.configuration(name, child, lines)
		case "include":
			err = r.include(name, child, lines, where)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// include reads what an <xi:include href="…"> names, relative to the file it stands in. Where that
// is not there, its <xi:fallback> counts.
func (r *siteReader) include(
	name string, e *etree.Element, lines elementLines, where string,
) error {
	target, err := r.includeTarget(name, e.SelectAttrValue("href", ""))
	if err == nil {
		err = r.file(target)
	}
	if err == nil {
		return nil
	}
	fallback := e.SelectElement("fallback")
	if fallback != nil && errors.Is(err, os.ErrNotExist) {
		return r.configuration(name, fallback, lines)
	}
	return fmt.Errorf("%s: %w: %w", where, errInclude, err)
}

func (r *siteReader) includeTarget(name, href string) (string, error) {
	if r.includes++; r.includes > maxIncludes {
		return "", fmt.Errorf("more than %d files", maxIncludes)
	}
	if href == "" {
		return "", errors.New("no href")
	}
	path := strings.TrimPrefix(href, "file://")
	path = strings.TrimPrefix(path, "file:")
	target := filepath.Join(filepath.Dir(name), path)
	if filepath.IsAbs(path) {
		rel, err := filepath.Rel(r.dir, path)
		if err != nil {
			return "", err
		}
		target = rel
	}
	if !filepath.IsLocal(target) {
		return "", fmt.Errorf("%s is outside %s; only files below it may be included", href, r.dir)
	}
	for _, open := range r.open {
		if open == target {
			return "", fmt.Errorf("%s includes itself", href)
		}
	}
	return target, nil
}

// parseHadoopProperty reads <name>, <value> and <final>, as elements or attributes. One without a
// name or a value sets nothing.
func parseHadoopProperty(e *etree.Element) (property, bool) {
	p := property{
		name:  e.SelectAttrValue("name", ""),
		value: e.SelectAttrValue("value", ""),
		final: e.SelectAttrValue("final", "") == "true",
	}
	hasValue := e.SelectAttr("value") != nil
	for _, child := range e.ChildElements() {
		switch child.Tag {
		case "name":
			p.name = strings.TrimSpace(child.Text())
		case "value":
			p.value, hasValue = child.Text(), true
		case "final":
			p.final = strings.TrimSpace(child.Text()) == "true"
		}
	}
	return p, p.name != "" && hasValue
}

// elementLines is the line on which each element of a document begins.
type elementLines map[*etree.Element]int

// parseXML reads a document. etree keeps no positions, so a second pass counts the lines of the
// start tags, which both passes meet in the same order; it also refuses what is not well formed.
func parseXML(data []byte) (*etree.Element, elementLines, error) {
	starts, err := startLines(data)
	if err != nil {
		return nil, nil, err
	}
	doc := etree.NewDocument()
	doc.ReadSettings.MaxDepth = maxXMLDepth
	if err := doc.ReadFromBytes(data); err != nil {
		return nil, nil, err
	}
	root := doc.Root()
	if root == nil {
		return nil, nil, errors.New("no element")
	}
	lines := elementLines{}
	next := 0
	var walk func(e *etree.Element)
	walk = func(e *etree.Element) {
		if next < len(starts) {
			lines[e] = starts[next]
		}
		next++
		for _, child := range e.ChildElements() {
			walk(child)
		}
	}
	walk(root)
	return root, lines, nil
}

func startLines(data []byte) ([]int, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var out []int
	depth := 0
	for {
		line, _ := d.InputPos()
		token, err := d.Token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch token.(type) {
		case xml.StartElement:
			out = append(out, line)
			if depth++; depth > maxXMLDepth {
				return nil, &xml.SyntaxError{Msg: "elements nested too deep", Line: line}
			}
		case xml.EndElement:
			depth--
		}
	}
}
