package ask_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/ask"
	"github.com/weft-data/weft/resource"
)

// BenchmarkHeartbeat is one heartbeat of an application with 100 profiles on 10,000 nodes, in which
// every profile gets a container, loses one, and has its rows said.
func BenchmarkHeartbeat(b *testing.B) {
	const profiles, nodes, each = 100, 10_000, 10
	book := ask.New(ask.Config{Types: []string{"yarn.io/gpu"}})
	book.Nodes(bigCluster(nodes))
	book.Want(bigWant(profiles, each))
	book.Changes()
	book.Answered()
	for p := range profiles {
		book.Given(line(p), "node0")
	}
	b.ReportAllocs()
	rows, began := 0, cpu(b)
	for b.Loop() {
		for p := range profiles {
			host := fmt.Sprintf("node%d", p)
			book.Given(line(p), host)
			book.Gone(line(p), host)
		}
		rows += len(book.Changes())
		book.Answered()
	}
	b.ReportMetric(float64(rows)/float64(b.N), "rows/op")
	b.ReportMetric(float64(cpu(b)-began)/float64(b.N), "cpu-ns/op")
}

// cpu is what this process has used, which on a busy machine says more than the clock.
func cpu(b *testing.B) time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkFullCluster is the same while no node has room.
func BenchmarkFullCluster(b *testing.B) {
	const profiles, nodes, each = 100, 10_000, 10
	book := ask.New(ask.Config{})
	list := bigCluster(nodes)
	for i := range list {
		list[i].Used = list[i].Has
	}
	book.Nodes(list)
	book.Want(bigWant(profiles, each))
	for b.Loop() {
		for p := range profiles {
			book.Given(line(p), "node0")
			book.Gone(line(p), "node0")
		}
		book.Changes()
		book.Answered()
	}
}

func line(profile int) ask.Line { return ask.Line{Profile: resource.ID(profile)} }

func bigCluster(n int) []ask.Node {
	list := make([]ask.Node, n)
	for i := range list {
		list[i] = ask.Node{Host: fmt.Sprintf("node%d", i), Rack: fmt.Sprintf("/rack%d", i/40),
			Usable: true, Has: resource.Make(resource.Megabytes(64<<10+i), 32,
				resource.Amount{Name: "yarn.io/gpu", Count: int64(i % 5)})}
	}
	return list
}

// bigWant has a tenth of the profiles ask for gpus.
func bigWant(profiles, each int) []containers.Ask {
	asks := make([]containers.Ask, profiles)
	for p := range asks {
		size := resource.Make(resource.Megabytes(1024+p), 2)
		if p%10 == 0 {
			size = resource.Make(1024, 2, resource.Amount{Name: "yarn.io/gpu", Count: 1})
		}
		asks[p] = containers.Ask{Profile: resource.ID(p), Resource: size, Count: each}
	}
	return asks
}
