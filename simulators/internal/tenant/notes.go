package tenant

import "sync"

// Notes are what vendors keep of a tenant beside its tasks, such as what clients
// have set. They end with the tenant. Safe for concurrent use; the zero value is
// ready.
type Notes struct {
	mu  sync.Mutex
	all map[string]any
}

// Get is the note under a key, nil where there is none. It must not be changed.
func (n *Notes) Get(key string) any {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all[key]
}

// Change puts what change makes of a note in its place, unless change fails. No
// other change comes between, and change must not ask for notes itself.
func (n *Notes) Change(key string, change func(old any) (any, error)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	changed, err := change(n.all[key])
	if err != nil {
		return err
	}
	if n.all == nil {
		n.all = map[string]any{}
	}
	n.all[key] = changed
	return nil
}
