package yarn

import (
	"context"
	"time"

	"github.com/weft-data/weft/rmclient"
)

// listAge is how old the list of nodes may be when hosts are chosen from it.
const listAge = 10 * time.Second

// refresh asks for the nodes again, beside the loop, when asks were made from an old list: what
// other applications use has changed meanwhile. The next asks see the answer.
func (l *loop) refresh(ctx context.Context, now time.Time) {
	if l.config.Nodes == nil || l.listing || now.Sub(l.listed) < listAge {
		return
	}
	l.listing = true
	l.beside.Go(func() { l.listings <- l.listNodes(ctx) })
}

// relist takes a new list of nodes in.
func (l *loop) relist(nodes []rmclient.NodeReport, now time.Time) {
	l.listing, l.listed = false, now
	l.book.Nodes(nodesOf(nodes))
}
