package report

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/locale"
	"regulars/internal/record/importer"
)

// noteArgs are arguments for every note of the reader's.
func noteArgs() map[importer.NoteKey][]any {
	day := time.Date(2011, 12, 11, 0, 0, 0, 0, time.UTC)
	file, rejected := importer.Path("/home/anna/o.csv"), importer.Path("/tmp/o.csv.rejected.csv")
	return map[importer.NoteKey][]any{
		importer.NoteSheet:          {"2024", []string{"2023", "2022"}},
		importer.NotePointZero:      {"ID", "17850.0", "17850"},
		importer.NotePointZeroLater: {"ID", "A7", "4002"},
		importer.NoteSummaryOrders:  {file}, importer.NoteSummary: {file},
		importer.NoteAsked:  {"Q1", "NPS", 10.0},
		importer.NoteNoRows: nil, importer.NoteOrderTotal: {"Q1"}, importer.NoteOrderOnce: {"Q1"}, importer.NoteEmptyColumn: {"Q1"}, importer.NoteCurrencies: {"EUR"}, importer.NoteOtherCurrency: {"Q1", "EUR"},
		importer.NoteDayOrMonth: {"Q1", "11/12/2011", day}, importer.NoteDayFirst: {"Q1", "11/12/2011", day},
		importer.NoteMonthFirst: {"Q1", "11/12/2011", day}, importer.NoteYearFirst: {"Q1", "11/12/2011", day},
		importer.NoteMarkDecimal: {"Q1", "1.234"}, importer.NoteMarkThousands: {"Q1", "1,234"},
		importer.NoteEncodingLater: {"windows-1251"}, importer.NoteNotWritten: {int64(3), "disk full"},
		importer.NoteElsewhere: {file, rejected}, importer.NoteOldRemoved: {rejected}, importer.NoteOldKept: {rejected, "disk full"},
	}
}

// TestNotesInFiveLanguages says every note in every language, with all of its arguments.
func TestNotesInFiveLanguages(t *testing.T) {
	t.Parallel()
	argument := regexp.MustCompile(`\{\d\}`)
	for _, tag := range locale.Tags() {
		l, seen := speak(t, tag), map[string]importer.NoteKey{}
		for _, key := range importer.NoteKeys() {
			args, known := noteArgs()[key]
			text := noteText(l, importer.Note{Key: key, Args: args}, true)
			if !known || strings.ContainsAny(text, "⟦⟧") || argument.MatchString(text) {
				t.Errorf("%s: %s: %s", tag, key, text)
			}
			if other, twice := seen[text]; twice {
				t.Errorf("%s: %s and %s say the same: %s", tag, key, other, text)
			}
			seen[text] = key
			for _, arg := range args {
				if name, ok := arg.(string); ok && !strings.Contains(text, name) {
					t.Errorf("%s: %s does not say %s: %s", tag, key, name, text)
				}
			}
			if public := noteText(l, importer.Note{Key: key, Args: args}, false); strings.Contains(public, "/home") || strings.Contains(public, "/tmp") {
				t.Errorf("%s: %s tells where files lie: %s", tag, key, public)
			}
		}
	}
}

func TestNoteWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tag  string
		key  importer.NoteKey
		want string
	}{
		{"en", importer.NoteDayOrMonth, "Nothing in the column “Q1” tells day from month: dates are read day first, so that 11/12/2011 is 11 December 2011."},
		{"ru", importer.NoteNotWritten, "3 отклонённые строки не удалось записать в файл: disk full."},
		{"zh", importer.NoteMonthFirst, "“Q1”列的日期按月在前读取，其他行表明了这一点：11/12/2011 即 2011年12月11日。"},
		{"el", importer.NoteAsked, "Το αρχείο δεν λέει τι ρωτήθηκε: η στήλη «Q1» διαβάζεται ως NPS, επειδή οι βαθμοί της φτάνουν έως 10."},
		{"mk", importer.NoteElsewhere, "Во папката на /home/anna/o.csv не може да се запишува: одбиените редови се во /tmp/o.csv.rejected.csv."},
	} {
		if got := noteText(speak(t, tt.tag), importer.Note{Key: tt.key, Args: noteArgs()[tt.key]}, true); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
}

// TestWordsOfTheReader looks for a text for everything the reader can say of a file.
func TestWordsOfTheReader(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		l := speak(t, tag)
		for _, day := range importer.DayLayouts() {
			for _, clock := range []string{"", "within", "apart"} {
				text := dateLayout(l, importer.DateLayout{Day: day, Mark: "/", Time: clock})
				if strings.ContainsAny(text, "⟦{") {
					t.Errorf("%s: %s", tag, text)
				}
			}
		}
		for _, role := range importer.Roles() {
			if !l.Has("text.role." + role) {
				t.Errorf("%s: there is no text for the role %s", tag, role)
			}
		}
		for _, why := range importer.Reasons() {
			if !l.Has("text.row." + string(why)) {
				t.Errorf("%s: there is no text for the reason %s", tag, why)
			}
		}
		for _, guess := range importer.Guesses() {
			if !l.Has("text.guess." + guess) {
				t.Errorf("%s: there is no text for the guess %s", tag, guess)
			}
		}
	}
	if got := dateLayout(speak(t, "ru"), importer.DateLayout{Day: "day_month_year", Mark: ".", Time: "within"}); got != "день.месяц.год час:минута" {
		t.Errorf("%s", got)
	}
}
