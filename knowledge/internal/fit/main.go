// Command fit writes knowledge/weights.bin. Run it with go generate ./knowledge after the ways of asking have changed.
package main

import (
	"fmt"
	"os"

	"example.org/intake/knowledge"
)

func main() {
	if err := knowledge.WriteWeights("weights.bin"); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}
