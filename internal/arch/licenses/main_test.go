package main

import (
	"strings"
	"testing"
)

func TestRecognise(t *testing.T) {
	t.Parallel()
	const (
		apache = "                                 Apache License\n                           Version 2.0, January 2004\n"
		mit    = "Permission is hereby granted, free of charge, to any person obtaining\na copy of this software"
		bsd2   = "Redistributions of source code must retain the above copyright notice"
		bsd3   = bsd2 + "\n * Neither the name of the copyright holder nor the\n names of its contributors may be used to endorse"
		isc    = "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby " +
			"granted, provided that the above copyright notice"
		zero = "Permission to use, copy, modify, and/or distribute this software for any\npurpose with or without fee is hereby granted."
	)
	cases := []struct{ name, text, want string }{
		{"Apache", apache, "Apache-2.0"},
		{"MIT over a line's end", mit, "MIT"},
		{"two clauses", bsd2, "BSD-2-Clause"},
		{"three clauses are not also two", bsd3, "BSD-3-Clause"},
		{"ISC", isc, "ISC"},
		{"0BSD", zero, "0BSD"},
		{"two licences", apache + mit, "Apache-2.0, MIT"},
		{"nothing known", "All rights reserved.", ""},
		{"one that asks too much", "GNU GENERAL PUBLIC LICENSE\nVersion 3", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := recognise(c.text)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("recognised %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestTheTableHasARowForEachPart(t *testing.T) {
	t.Parallel()
	parts := []part{{"a/b", "v1.0.0", "MIT", "text of a"}, {"c", "2.0", "ISC", "text of c"}}
	var table, texts strings.Builder
	if err := printTable(&table, parts); err != nil {
		t.Fatal(err)
	}
	if err := printTexts(&texts, parts); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| a/b | v1.0.0 | MIT |", "| c | 2.0 | ISC |"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no row %q in\n%s", want, &table)
		}
	}
	if !strings.Contains(texts.String(), "==== c 2.0 ====\n\ntext of c") {
		t.Errorf("no text of c in\n%s", &texts)
	}
}
