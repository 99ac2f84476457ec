// Package web holds the scripts that are bundled into the program.
//
// What they are made from lies in src, what they need is pinned in package-lock.json, and `make build` writes the
// bundle to dist before the program is compiled. The bundle itself is not kept with the source: a program compiled
// without it still works and says, where a chart would be, that the charts are missing. So Charts has two results.
package web

import "embed"

//go:embed all:dist
var dist embed.FS

// Charts is the script that draws charts; false when the program was built without it.
func Charts() (string, bool) {
	script, err := dist.ReadFile("dist/charts.js")
	if err != nil || len(script) == 0 {
		return "", false
	}
	return string(script), true
}
