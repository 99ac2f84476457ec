package parse

// months are the names of months, folded, with the forms they take in dates: English, Russian, Macedonian, Greek,
// and the Chinese numerals; short forms as calendars print them.
var months = map[string]uint8{
	"january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6, "jun": 6,
	"july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sep": 9, "sept": 9, "october": 10, "oct": 10,
	"november": 11, "nov": 11, "december": 12, "dec": 12,

	"январь": 1, "января": 1, "янв": 1, "февраль": 2, "февраля": 2, "фев": 2, "февр": 2, "март": 3, "марта": 3, "мар": 3,
	"апрель": 4, "апреля": 4, "апр": 4, "май": 5, "мая": 5, "июнь": 6, "июня": 6, "июн": 6, "июль": 7, "июля": 7, "июл": 7,
	"август": 8, "августа": 8, "авг": 8, "сентябрь": 9, "сентября": 9, "сен": 9, "сент": 9, "октябрь": 10, "октября": 10,
	"окт": 10, "ноябрь": 11, "ноября": 11, "ноя": 11, "нояб": 11, "декабрь": 12, "декабря": 12, "дек": 12,

	"јануари": 1, "јан": 1, "февруари": 2, "фев.": 2, "април": 4, "мај": 5, "јуни": 6, "јун": 6, "јули": 7, "јул": 7,
	"септември": 9, "септ": 9, "октомври": 10, "ноември": 11, "ное": 11, "ноем": 11, "декември": 12,

	"ιανουαριοσ": 1, "ιανουαριου": 1, "ιαν": 1, "φεβρουαριοσ": 2, "φεβρουαριου": 2, "φεβ": 2, "μαρτιοσ": 3, "μαρτιου": 3,
	"μαρ": 3, "απριλιοσ": 4, "απριλιου": 4, "απρ": 4, "μαιοσ": 5, "μαιου": 5, "μαι": 5, "μαη": 5, "ιουνιοσ": 6, "ιουνιου": 6,
	"ιουν": 6, "ιουλιοσ": 7, "ιουλιου": 7, "ιουλ": 7, "αυγουστοσ": 8, "αυγουστου": 8, "αυγ": 8, "σεπτεμβριοσ": 9,
	"σεπτεμβριου": 9, "σεπ": 9, "σεπτ": 9, "οκτωβριοσ": 10, "οκτωβριου": 10, "οκτ": 10, "νοεμβριοσ": 11, "νοεμβριου": 11,
	"νοε": 11, "νοεμ": 11, "δεκεμβριοσ": 12, "δεκεμβριου": 12, "δεκ": 12,

	"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12,
}

// fillers are words that stand in dates and say nothing: weekdays, "of", "г.".
var fillers = map[string]bool{
	"st": true, "nd": true, "rd": true, "th": true, "of": true, "the": true, "at": true, "on": true,
	"mon": true, "tue": true, "tues": true, "wed": true, "thu": true, "thur": true, "thurs": true, "fri": true, "sat": true,
	"sun": true, "monday": true, "tuesday": true, "wednesday": true, "thursday": true, "friday": true, "saturday": true,
	"sunday": true,
	"г":      true, "год": true, "года": true, "в": true, "пн": true, "вт": true, "ср": true, "чт": true, "пт": true, "сб": true,
	"вс": true, "понедельник": true, "вторник": true, "среда": true, "четверг": true, "пятница": true, "суббота": true,
	"воскресенье": true,
	"година":      true, "во": true, "понеделник": true, "четврток": true, "петок": true, "сабота": true, "недела": true,
	"του": true, "στισ": true, "δευτερα": true, "τριτη": true, "τεταρτη": true, "πεμπτη": true, "παρασκευη": true,
	"σαββατο": true, "κυριακη": true,
	"年": true, "月": true, "日": true, "号": true, "星期": true, "周": true, "星期一": true, "星期二": true, "星期三": true, "星期四": true, "星期五": true,
	"星期六": true, "星期日": true, "周一": true, "周二": true, "周三": true, "周四": true, "周五": true, "周六": true, "周日": true,
}

// The halves of a day.
const (
	am int8 = 1
	pm int8 = 2
)

// meridiems are the words for the halves of a day, folded and without dots.
var meridiems = map[string]int8{
	"am": am, "pm": pm, "a": am, "p": pm, "πμ": am, "μμ": pm, "上午": am, "下午": pm, "早上": am, "晚上": pm, "凌晨": am,
	"претпладне": am, "попладне": pm, "дп": am, "пп": pm,
}
