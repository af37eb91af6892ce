// Command pack writes the file that package openapi reads in the place of its
// YAML files. It must not know what stands in them. The simulator does not
// contain it.
package main

import (
	"fmt"
	"os"

	"github.com/vendorsim/vendorsim/openapi"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pack FILE")
		os.Exit(2)
	}
	data, err := openapi.Pack()
	if err == nil {
		err = os.WriteFile(os.Args[1], data, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}
