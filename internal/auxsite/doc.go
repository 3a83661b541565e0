// Package auxsite writes the shuffle service into the yarn-site.xml of a NodeManager.
//
// A Service goes in; its Properties, the text of an edited file with the Changes in it, or the
// Problems of the installed files come out. Edit keeps comments, order and layout of what it
// does not change. Only Write touches a file, and leaves a copy of the old one beside it. All of it
// may be called from any goroutine; package cli does, for weft service install.
package auxsite
