package plan

import (
	"fmt"
	"strings"
)

// Explain draws the lineage of n as an indented tree, the last dataset first. A dataset that is
// used twice is drawn once and then referred to by its number.
//
//	#4 reduceByKey at main.go:21, 8 partitions
//	└─ shuffle 0
//	   #3 map at main.go:19, 8 partitions
//	   └─ #2 textFile at main.go:30, 8 partitions
func Explain(n *Node) string {
	var out strings.Builder
	explain(&out, n, "", map[*Node]bool{})
	return out.String()
}

func explain(out *strings.Builder, n *Node, indent string, seen map[*Node]bool) {
	fmt.Fprintf(out, "#%d %s", n.ID, n.Label)
	if seen[n] {
		out.WriteString(" (above)\n")
		return
	}
	seen[n] = true
	if n.Partitions > 0 {
		fmt.Fprintf(out, ", %d partitions", n.Partitions)
	}
	if n.Persist != NotPersisted {
		fmt.Fprintf(out, ", persisted in %s", n.Persist)
	}
	out.WriteByte('\n')
	for i, in := range n.Inputs {
		branch, next := "├─ ", "│  "
		if i == len(n.Inputs)-1 {
			branch, next = "└─ ", "   "
		}
		out.WriteString(indent + branch)
		if in.Wide() {
			fmt.Fprintf(out, "shuffle %d\n%s", in.Shuffle, indent+next)
		}
		explain(out, in.Node, indent+next, seen)
	}
}
