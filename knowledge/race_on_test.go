//go:build race

package knowledge

const underRace = true
