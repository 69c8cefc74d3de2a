//go:build !race

package staff

import "time"

// closesWithin is how long a stream may take to close.
const closesWithin = time.Second
