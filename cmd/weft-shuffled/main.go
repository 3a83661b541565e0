// Command weft-shuffled is the shuffle service of a node. A NodeManager starts it, as
// docs/install-shuffle-service.md says; package auxservice does the work.
package main

import (
	"os"

	"github.com/weft-data/weft/auxservice"
)

// version is set by the linker: -X main.version=v1.2.3.
var version string

func main() { os.Exit(auxservice.Main(version)) }
