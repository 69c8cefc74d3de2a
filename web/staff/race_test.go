//go:build race

package staff

import "time"

// closesWithin is how long a stream may take to close: a second, but under the race detector, which measures nothing, as long as a busy machine needs.
const closesWithin = time.Minute
