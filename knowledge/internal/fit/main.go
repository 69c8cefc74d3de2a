// Command fit writes the models of knowledge/weights. Run it with go generate ./knowledge after the ways of asking have changed.
package main

import (
	"fmt"
	"os"

	"example.org/intake/knowledge"
)

func main() {
	if err := knowledge.WriteWeights("weights"); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}
