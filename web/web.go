// Package web holds the scripts that are bundled into the program.
//
// What they are made from lies in src, what they need is pinned in package-lock.json, and `make build` writes the
// bundle to dist before the program is compiled. The bundle itself is not kept with the source: a program compiled
// without it still works and says, where a chart would be, that the charts are missing; the page of the till and those of
// members do without what needs a script. So each has two results.
package web

import "embed"

//go:embed all:dist
var dist embed.FS

// Charts is the script that draws charts.
func Charts() (string, bool) { return bundle("dist/charts.js") }

// Till is the script of the cashier's page.
func Till() (string, bool) { return bundle("dist/till.js") }

// TillWorker is what the browser runs for that page while there is no network.
func TillWorker() (string, bool) { return bundle("dist/till-worker.js") }

// CodeWorker is what reads codes for browsers that cannot, beside the page that shows the camera.
func CodeWorker() (string, bool) { return bundle("dist/code-worker.js") }

// Live is the script that asks for a part of a page again while one types.
func Live() (string, bool) { return bundle("dist/live.js") }

// Phone is the script of the switch by which members are told on their phones.
func Phone() (string, bool) { return bundle("dist/phone.js") }

// Card is the script that has the browser keep the card of a member for when there is no network.
func Card() (string, bool) { return bundle("dist/card.js") }

// MemberWorker is what the browser runs for the pages of members, also while none of them is open.
func MemberWorker() (string, bool) { return bundle("dist/my-worker.js") }

// bundle is a script as it was bundled; false when the program was built without it.
func bundle(name string) (string, bool) {
	script, err := dist.ReadFile(name)
	if err != nil || len(script) == 0 {
		return "", false
	}
	return string(script), true
}
