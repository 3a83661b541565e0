// Command join lists what each customer spent, with the customer's name.
//
//	join CUSTOMERS ORDERS OUT
//
// A line of CUSTOMERS is "id,name", one of ORDERS "customer id,amount in cents". OUT becomes a
// directory of lines "name TAB orders TAB amount", sorted by name; a customer without orders has
// zeros. Lines that cannot be read are counted and left out.
package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-data/weft"
)

// Spent is what one customer ordered.
type Spent struct {
	Orders, Cents int64
}

type (
	customer = weft.Pair[string, string]
	order    = weft.Pair[string, int64]
	spending = weft.Pair[string, Spent]
)

var (
	bad = weft.NewAccumulator(func(a, b int64) int64 { return a + b })

	customers = weft.FlatMapWith(func(
		t *weft.Task, separator string,
	) (func(string, func(customer)), error) {
		bad := bad.In(t)
		return func(line string, emit func(customer)) {
			if id, name, ok := strings.Cut(line, separator); ok {
				emit(weft.KV(id, name))
			} else {
				bad.Add(1)
			}
		}, nil
	})
	orders = weft.FlatMapWith(func(t *weft.Task, separator string) (func(string, func(order)), error) {
		bad := bad.In(t)
		return func(line string, emit func(order)) {
			id, amount, _ := strings.Cut(line, separator)
			if cents, err := strconv.ParseInt(amount, 10, 64); err == nil {
				emit(weft.KV(id, cents))
			} else {
				bad.Add(1)
			}
		}, nil
	})
	total = weft.AggregateByKey[string](
		func() Spent { return Spent{} },
		func(s Spent, cents int64) Spent { return Spent{s.Orders + 1, s.Cents + cents} },
		func(a, b Spent) Spent { return Spent{a.Orders + b.Orders, a.Cents + b.Cents} })
	withName = weft.LeftJoin[string, string, Spent]()
	byName   = weft.Map(func(p weft.Pair[string, weft.LeftJoined[string, Spent]]) spending {
		return weft.KV(p.Value.Left, p.Value.Right)
	})
	sorted = weft.SortByKey[string, Spent]()
)

func main() { weft.Main(run) }

func run(ctx context.Context, s *weft.Session) error {
	if len(s.Args()) != 3 {
		return weft.Usage("join CUSTOMERS ORDERS OUT")
	}
	people := customers.On(weft.TextFile(s, s.Args()[0]), ",")
	spent := total.On(orders.On(weft.TextFile(s, s.Args()[1]), ","))
	result := sorted.On(byName.On(withName.On(people, spent)).Persist(weft.MemoryAndDisk))
	if err := result.SaveAsText(ctx, s.Args()[2]); err != nil {
		return err
	}
	if n := bad.Value(s); n > 0 {
		fmt.Printf("%d lines could not be read\n", n)
	}
	return nil
}
