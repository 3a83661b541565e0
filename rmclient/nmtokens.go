package rmclient

import (
	"bytes"
	"sync"
)

// NMTokens are the rights to start containers on nodes, one token a node. A ResourceManager sends
// each once, with the first container on the node, so they are kept for the AM's life. The Master
// puts them in, NodeManagers take them out; safe for any number of goroutines.
type NMTokens struct {
	mu struct {
		sync.Mutex
		byNode map[NodeID]Token
	}
}

// Put keeps a token, in place of an older one.
func (t *NMTokens) Put(node NodeID, token Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mu.byNode == nil {
		t.mu.byNode = map[NodeID]Token{}
	}
	t.mu.byNode[node] = token
}

// Get returns the token of a node.
func (t *NMTokens) Get(node NodeID) (Token, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	token, ok := t.mu.byNode[node]
	return token, ok
}

// same reports whether two tokens are the same bytes.
func (t Token) same(o Token) bool {
	return bytes.Equal(t.Identifier, o.Identifier) && bytes.Equal(t.Password, o.Password)
}
