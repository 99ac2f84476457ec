package cli_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"regulars/internal/base/columnar"
	"regulars/internal/door/cli"
)

// TestMain lets the scripts run this test binary as if it were the program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"regulars": func() { os.Exit(cli.Main()) }})
}

// TestScripts runs testdata/script/*.txtar: the program from outside, as a person at a terminal would. Beside the
// commands of testscript they use
//
//	json FILE PATH=VALUE...   figures in a JSON file, e.g. facts.rows=5 or measures.nps.value=60 (a list of objects
//	                          with a key, name or cohort is entered by it); ~ in place of = allows for rounding to the
//	                          digits given; a PATH without a VALUE need only be there
//	accounted FILE            the rows of a report in JSON add up
//	sentence REGEXP           the command before said what is wrong in one sentence that matches, and nothing internal
//	gzip FILE, zstd FILE      compress FILE to FILE.gz, FILE.zst
//	parquet FILE              the table of FILE, a CSV, as FILE.parquet
//	recode ENCODING FILE NEW  FILE, of UTF-8, in another encoding
//	cut FILE N                keep the first N bytes of FILE
//
// Large real files lie in $SHARED; a script that needs them says so: [!shared] skip 'WHAT is missing'.
func TestScripts(t *testing.T) {
	t.Parallel()
	dir := sharedData(t)
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			// The language and the zone of the machine must not leak into what is compared.
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("TZ", "UTC")
			env.Setenv("NO_COLOR", "1")
			env.Setenv("SHARED", dir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json":      cmdJSON,
			"accounted": cmdAccounted,
			"sentence":  cmdSentence,
			"gzip":      cmdGzip,
			"zstd":      cmdZstd,
			"parquet":   cmdParquet,
			"recode":    cmdRecode,
			"cut":       cmdCut,
		},
		Condition: func(name string) (bool, error) {
			if name != "shared" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			_, err := os.Stat(dir)
			return err == nil, nil
		},
	})
}

// sharedData is the folder of large real files: named by the environment, or beside the repository.
func sharedData(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("REGULARS_SHARED_DATA"); dir != "" {
		return dir
	}
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "shared", "data"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: json FILE PATH=VALUE...")
	}
	root := readJSON(ts, args[0])
	for _, arg := range args[1:] {
		path, want, about := arg, "", strings.ContainsRune(arg, '~')
		at := strings.IndexAny(arg, "=~")
		if at >= 0 {
			path, want = arg[:at], arg[at+1:]
		}
		got, err := follow(root, path)
		switch {
		case neg && err == nil && (at < 0 || equal(got, want, about)):
			ts.Fatalf("%s is %s, and should not be", path, show(got))
		case !neg && err != nil:
			ts.Fatalf("%s: %v", path, err)
		case !neg && at >= 0 && !equal(got, want, about):
			ts.Fatalf("%s is %s, want %s", path, show(got), want)
		}
	}
}

func readJSON(ts *testscript.TestScript, file string) any {
	var root any
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	decoder.UseNumber()
	ts.Check(decoder.Decode(&root))
	return root
}

// follow goes down a path of names and numbers.
func follow(value any, path string) (any, error) {
	for step := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				return nil, fmt.Errorf("there is no %q", step)
			}
			value = next
		case []any:
			next, err := element(v, step)
			if err != nil {
				return nil, err
			}
			value = next
		default:
			return nil, fmt.Errorf("%q asked of %s", step, show(value))
		}
	}
	return value, nil
}

// element finds an element of a list by what names it, else by its place.
func element(list []any, step string) (any, error) {
	for _, e := range list {
		fields, ok := e.(map[string]any)
		if !ok {
			break
		}
		for _, name := range []string{"key", "name", "cohort", "group", "from"} {
			if fields[name] == step {
				return e, nil
			}
		}
	}
	if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(list) {
		return list[i], nil
	}
	return nil, fmt.Errorf("no element %q among %d", step, len(list))
}

func equal(got any, want string, about bool) bool {
	number, ok := got.(json.Number)
	if !ok || !about {
		return show(got) == want
	}
	g, err := number.Float64()
	if err != nil {
		return false
	}
	w, err := strconv.ParseFloat(want, 64)
	_, decimals, _ := strings.Cut(want, ".")
	return err == nil && math.Abs(g-w) <= 0.5000001*math.Pow(10, -float64(len(decimals)))
}

// show writes a value as the scripts write it: text bare, all else as JSON.
func show(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func cmdAccounted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: accounted FILE")
	}
	root := readJSON(ts, args[0])
	count := func(name string) int64 {
		v, err := follow(root, "facts."+name)
		ts.Check(err)
		n, err := strconv.ParseInt(show(v), 10, 64)
		ts.Check(err)
		return n
	}
	var sum int64
	for _, part := range []string{"unreadable", "unidentified", "later", "ignored", "rejected", "recorded"} {
		sum += count(part + "_rows")
	}
	if rows := count("rows"); rows != sum {
		ts.Fatalf("%d rows were read, and %d are accounted for", rows, sum)
	}
}

// leak is what internal errors look like.
var leak = regexp.MustCompile(`(?i)panic|goroutine|nil pointer|\.go:\d+|runtime error|should not have happened|%!`)

func cmdSentence(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sentence REGEXP")
	}
	said := ts.ReadFile("stderr")
	if found := leak.FindString(said); found != "" {
		ts.Fatalf("%q leaks to the user", found)
	}
	sentences := regexp.MustCompile(`(?m)^regulars: .*$`).FindAllString(said, -1)
	if len(sentences) != 1 || !regexp.MustCompile(args[0]).MatchString(sentences[0]) {
		ts.Fatalf("said %q, want one sentence that matches %q", sentences, args[0])
	}
}

func cmdGzip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: gzip FILE")
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".gz"), out.Bytes(), 0o600))
}

func cmdZstd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: zstd FILE")
	}
	w, err := zstd.NewWriter(nil)
	ts.Check(err)
	out := w.EncodeAll([]byte(ts.ReadFile(args[0])), nil)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".zst"), out, 0o600))
}

func cmdParquet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: parquet FILE")
	}
	file := ts.MkAbs(args[0])
	ts.Check(columnar.CSVToParquet(context.Background(), file, file+".parquet"))
}

func cmdRecode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: recode ENCODING FILE NEW")
	}
	encodings := map[string]encoding.Encoding{
		"utf-8-bom": unicode.UTF8BOM, "utf-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"windows-1251": charmap.Windows1251, "windows-1253": charmap.Windows1253, "gb18030": simplifiedchinese.GB18030,
	}
	to, ok := encodings[args[0]]
	if !ok {
		ts.Fatalf("unknown encoding %s", args[0])
	}
	text, err := to.NewEncoder().String(ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o600))
}

func cmdCut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE N")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}
