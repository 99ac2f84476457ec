// Regulars measures how loyal a business's customers are, shows why, helps raise it, and proves that it worked.
package main

import (
	"os"

	"regulars/internal/door/cli"
)

func main() { os.Exit(cli.Main()) }
