// Package page holds what pages for people are made of: for a screen the style sheet, tables and marks of change, for a
// terminal the layout of text.
//
// Table, Row and TableCell are what the shared templates show; Grid and Cell are a table in a terminal. Both are filled
// with final words and numbers by whoever knows what they mean.
//
// What always holds: colours, sizes and distances are written once, in html/tokens.css; nothing is fetched; no text from a
// file can steer a terminal (Plain) or leave its column (ScreenWidth counts what is wide and what has no width).
//
// What it does not do: decide what is on a page, translate, draw charts.
package page
