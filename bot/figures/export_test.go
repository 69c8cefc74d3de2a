package figures

import "context"

// Flush stores what waits, whatever day it is.
func (c *Counter) Flush(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.store(ctx)
}
