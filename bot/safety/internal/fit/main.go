// Command fit writes the weights of the safety model. Run it with go generate ./bot/safety after the examples or the ways of asking have changed.
package main

import (
	"fmt"
	"os"

	"example.org/intake/bot/safety"
)

func main() {
	if err := safety.WriteWeights("examples", "phrases", "../../knowledge", "weights.bin"); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}
