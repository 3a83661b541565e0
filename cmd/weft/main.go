// Command weft submits programs that call weft.Main to a YARN cluster or runs them here, watches
// applications, and reaches HDFS. `weft --help` lists what it does; package cli does it.
package main

import (
	"os"

	"github.com/weft-data/weft/internal/cli"
)

// version is set by the linker: -X main.version=v1.2.3.
var version string

func main() { os.Exit(cli.Main(version)) }
