//go:build !race

package knowledge

// underRace says that the race detector is on: fitting models is pure arithmetic on one goroutine, and ten times slower under it.
const underRace = false
