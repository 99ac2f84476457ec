// Package chart draws charts as SVG, without a browser.
//
// A chart is described by a plain value: Line (with an interval as a band), Bars (with whiskers), Heat; a Spark writes
// itself. The description becomes an option of Apache ECharts, and a Renderer runs the ECharts bundle of package web in a
// JavaScript engine inside the process and takes the SVG that ECharts writes on servers. A live page can hand the
// same option to the same ECharts.
//
// What always holds: the same description gives the same bytes; nothing in the SVG is fetched, run or animated;
// every colour is a custom property of the page (var(--chart-accent, ...)) with the light theme's colour for where
// there is no page, so that one SVG serves light, dark and print; the ids within it begin with the description's ID,
// so that many can stand in one page; it has role=img, a title and a description.
//
// Numbers are written by the caller: axes carry their labels as text, so that they are in the reader's language.
// Labels are placed by estimated widths, since there are no fonts to ask.
//
// The package knows nothing of loyalty. It draws no pies, no second axes and nothing in three dimensions.
package chart
