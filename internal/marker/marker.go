// Package marker holds the string by which `weft submit` recognises a program that can run
// on a cluster.
//
// The linker keeps the string in a binary only if weft.Main is reachable from the program's main
// function: nothing but Main refers to [Text]. Readers of binaries build the text they look for
// with [Want], so that they do not carry it themselves. Package weft and package submit call it.
package marker

// Text lies in every program that calls weft.Main.
var Text = "\x00weft\x00program\x00calls\x00weft.Main\x00v1\x00"

// Want builds the marker from parts, without holding it as one string.
func Want() []byte {
	out := []byte{0}
	for _, part := range []string{"weft", "program", "calls", "weft.Main", "v1"} {
		out = append(append(out, part...), 0)
	}
	return out
}
