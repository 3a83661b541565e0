// Command nomain is a static Go program that knows nothing of weft.
//
// It is bad input: executors could not be made of it. With cgo it is dynamically linked besides, because of its import.
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.IPv4zero) }
