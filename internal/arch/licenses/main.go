// Command licenses prints what is inside the program and under which licence, as the table docs/licenses.md; with
// -texts it prints the licences themselves, which go with every release. `make licenses` runs both.
//
// Inside are the Go modules that the program is linked from, not those that only tests use; the npm packages that are
// bundled; the Go standard library; DuckDB, which comes in as a static library. A licence is recognised by sentences
// that only it has. One that is not recognised, or does not allow what this program does with it, is an error.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// part is something inside the program.
type part struct {
	name, version string
	license       string
	text          string
}

func main() {
	texts := flag.Bool("texts", false, "print the texts of the licences")
	flag.Parse()
	if err := run(os.Stdout, *texts); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, texts bool) error {
	modules, err := goModules()
	if err != nil {
		return err
	}
	packages, err := npmPackages()
	if err != nil {
		return err
	}
	parts := slices.Concat(modules, packages)
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.version, b.version))
	})
	if texts {
		return printTexts(out, parts)
	}
	return printTable(out, parts)
}

func printTable(out io.Writer, parts []part) error {
	var b bytes.Buffer
	b.WriteString("# What is inside, and its licences\n\n" +
		"Written by `make licenses`, which also writes the texts to `bin/licenses.txt`, to go with a release. DuckDB itself\n" +
		"(MIT) comes with `duckdb-go-bindings`. What only tests and builds use is not inside and not here.\n\n" +
		"| part | version | licence |\n|---|---|---|\n")
	for _, p := range parts {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p.name, p.version, p.license)
	}
	_, err := out.Write(b.Bytes())
	return err
}

func printTexts(out io.Writer, parts []part) error {
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "==== %s %s ====\n\n%s\n\n", p.name, p.version, strings.TrimSpace(p.text))
	}
	_, err := out.Write(b.Bytes())
	return err
}

// goModules asks the go command what the program is linked from.
func goModules() ([]part, error) {
	list, err := output("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}", ".")
	if err != nil {
		return nil, err
	}
	root, err := output("go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	version, err := output("go", "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(list, "\n")
	slices.Sort(lines)
	lines = append(slices.Compact(lines), "Go standard library\t"+version+"\t"+root)
	var parts []part
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		// Ours has no version; the library for this platform comes with the module that binds it.
		if len(fields) != 3 || fields[1] == "" || strings.Contains(fields[0], "/duckdb-go-bindings/lib/") {
			continue
		}
		p, err := read(fields[0], fields[1], fields[2])
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// npmPackages reads the lock file: what is not for development is bundled.
func npmPackages() ([]part, error) {
	text, err := os.ReadFile(filepath.Join("web", "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version string `json:"version"`
			Dev     bool   `json:"dev"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		return nil, err
	}
	var parts []part
	for path, p := range lock.Packages {
		name, ok := strings.CutPrefix(path, "node_modules/")
		if !ok || p.Dev {
			continue
		}
		found, err := read(name, p.Version, filepath.Join("web", filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		parts = append(parts, found)
	}
	return parts, nil
}

// read finds the licence in the folder of a part.
func read(name, version, dir string) (part, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return part{}, err
	}
	p := part{name: name, version: version}
	for _, e := range entries {
		upper := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(upper, "LICEN") && !strings.HasPrefix(upper, "COPYING") && !strings.HasPrefix(upper, "NOTICE") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return part{}, err
		}
		p.text += string(text) + "\n"
	}
	p.license, err = recognise(p.text)
	if err != nil {
		return part{}, fmt.Errorf("%s %s: %w", name, version, err)
	}
	return p, nil
}

// signs are sentences by which a licence is known; a text may hold several licences.
var signs = []struct{ license, sentence string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"BSD-3-Clause", "Neither the name of"},
	{"BSD-3-Clause", "names of its contributors may be used to endorse"},
	{"BSD-2-Clause", "Redistributions of source code must retain"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"0BSD", "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted."},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
}

// refused are licences that ask more of this program than it gives.
var refused = []string{"GNU GENERAL PUBLIC LICENSE", "GNU AFFERO", "Server Side Public License", "Business Source License"}

func recognise(text string) (string, error) {
	plain := strings.Join(strings.Fields(text), " ")
	for _, r := range refused {
		if strings.Contains(plain, r) {
			return "", fmt.Errorf("its licence, %s, cannot be part of this program", r)
		}
	}
	var found []string
	for _, s := range signs {
		if strings.Contains(strings.ToLower(plain), strings.ToLower(s.sentence)) && !slices.Contains(found, s.license) {
			found = append(found, s.license)
		}
	}
	if slices.Contains(found, "BSD-3-Clause") { // which holds every sentence of the shorter one
		found = slices.DeleteFunc(found, func(l string) bool { return l == "BSD-2-Clause" })
	}
	if slices.Contains(found, "ISC") && slices.Contains(found, "0BSD") {
		longer := strings.Contains(plain, "provided that the above copyright notice")
		found = slices.DeleteFunc(found, func(l string) bool { return longer == (l == "0BSD") })
	}
	if len(found) == 0 {
		return "", errors.New("no licence that is known; look at it, and add the sentence it is known by")
	}
	return strings.Join(found, ", "), nil
}

func output(name string, args ...string) (string, error) {
	var complaints bytes.Buffer
	c := exec.Command(name, args...) //nolint:gosec,noctx // fixed commands of a tool that ends with them
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s %q: %w\n%s", name, args, err, complaints.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}
