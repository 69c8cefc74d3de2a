package journal

import (
	"container/list"
	"sync"
)

// cachedKeys bounds the unwrapped keys in memory.
const cachedKeys = 4096

// keyCache keeps the keys used last. A removed key is overwritten; copies the runtime made are beyond reach.
type keyCache struct {
	mu      sync.Mutex
	keys    map[Stream]*list.Element
	order   *list.List // of *cachedKey, the last used first
	removed uint64     // counts removals, so that a key fetched before one is not put back after it
}

type cachedKey struct {
	stream Stream
	key    Key
}

func newKeyCache() *keyCache { return &keyCache{keys: map[Stream]*list.Element{}, order: list.New()} }

// get returns a copy of a key, or the mark to put it back with.
func (c *keyCache) get(s Stream) (k Key, ok bool, mark uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.keys[s]
	if !ok {
		return Key{}, false, c.removed
	}
	c.order.MoveToFront(e)
	return e.Value.(*cachedKey).key, true, c.removed
}

func (c *keyCache) put(s Stream, k Key, mark uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if mark != c.removed || c.keys[s] != nil {
		return
	}
	c.keys[s] = c.order.PushFront(&cachedKey{s, k})
	if c.order.Len() > cachedKeys {
		c.drop(c.order.Back())
	}
}

func (c *keyCache) remove(s Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removed++
	if e, ok := c.keys[s]; ok {
		c.drop(e)
	}
}

func (c *keyCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removed++
	for c.order.Len() > 0 {
		c.drop(c.order.Back())
	}
}

func (c *keyCache) drop(e *list.Element) {
	k := c.order.Remove(e).(*cachedKey)
	delete(c.keys, k.stream)
	clear(k.key[:])
}
