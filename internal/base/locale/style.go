package locale

import "golang.org/x/text/language"

const (
	nbsp  = "\u00a0" // a space that does not break
	minus = "\u2212"
	none  = "–" // written for what is not a number
)

// style is how one language writes numbers, money and dates.
type style struct {
	name     string
	language language.Tag

	decimal, group string
	percent        string // what follows a number of per cent

	symbolFirst bool              // $5 rather than 5 $
	symbols     map[string]string // currency code to sign, where the language has one
	scales      []scale           // for short amounts, smallest first

	months      [12]string // inside a full date
	monthsAlone [12]string // with the year only
	monthsShort [12]string
	// Layouts: {d} day, {dd} and {mm} two digits, {m} month number, {M} month name, {y} year.
	date, dayMonth, month, monthShort, dateShort string
}

// scale is a word for a power of ten; amounts from `from` on are counted in it.
type scale struct {
	from, unit float64 // in whole units of the currency
	word       string  // with the space before it
}

// styleOf describes a language; nil if there is none of this tag. The conventions are those of the Unicode CLDR
// (release 48), except where a sentence here says otherwise.
func styleOf(tag string) *style {
	switch tag {
	case "en":
		return english()
	case "ru":
		return russian()
	case "zh":
		return chinese()
	case "el":
		return greek()
	case "mk":
		return macedonian()
	default:
		return nil
	}
}

// english puts the day before the month, as most of the world's English does: 3 March cannot be misread.
func english() *style {
	months := [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September",
		"October", "November", "December"}
	return &style{
		name: "English", language: language.English,
		decimal: ".", group: ",", percent: "%",
		symbolFirst: true,
		symbols:     withSigns(map[string]string{"CNY": "CN¥"}),
		scales:      []scale{{1e6, 1e6, nbsp + "million"}, {1e9, 1e9, nbsp + "billion"}},
		months:      months, monthsAlone: months,
		monthsShort: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		date:        "{d} {M} {y}", dayMonth: "{d} {M}", month: "{M} {y}", monthShort: "{M} {y}", dateShort: "{d} {M} {y}",
	}
}

func russian() *style {
	return &style{
		name: "Русский", language: language.Russian,
		decimal: ",", group: nbsp, percent: nbsp + "%",
		symbols: withSigns(map[string]string{"CNY": "CN¥"}),
		scales:  []scale{{1e6, 1e6, nbsp + "млн"}, {1e9, 1e9, nbsp + "млрд"}},
		months: [12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
			"октября", "ноября", "декабря"},
		monthsAlone: [12]string{"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь",
			"октябрь", "ноябрь", "декабрь"},
		monthsShort: [12]string{"янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.",
			"нояб.", "дек."},
		// The short month goes without «г.»: on an axis it is read twelve times over.
		date: "{d} {M} {y}" + nbsp + "г.", dayMonth: "{d} {M}", month: "{M} {y}" + nbsp + "г.", monthShort: "{M} {y}", dateShort: "{dd}.{mm}.{y}",
	}
}

func chinese() *style {
	months := [12]string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"}
	return &style{
		name: "简体中文", language: language.SimplifiedChinese,
		decimal: ".", group: ",", percent: "%",
		symbolFirst: true,
		symbols:     withSigns(map[string]string{"USD": "US$", "JPY": "JP¥", "CNY": "¥"}),
		scales:      []scale{{1e5, 1e4, "万"}, {1e8, 1e8, "亿"}},
		months:      months, monthsAlone: months, monthsShort: months,
		date: "{y}年{m}月{d}日", dayMonth: "{m}月{d}日", month: "{y}年{m}月", monthShort: "{y}年{m}月", dateShort: "{y}/{m}/{d}",
	}
}

func greek() *style {
	return &style{
		name: "Ελληνικά", language: language.Greek,
		decimal: ",", group: ".", percent: "%",
		symbols: withSigns(map[string]string{"CNY": "CN¥", "JPY": "JP¥"}),
		scales:  []scale{{1e6, 1e6, nbsp + "εκ."}, {1e9, 1e9, nbsp + "δισ."}},
		months: [12]string{"Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου",
			"Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"},
		monthsAlone: [12]string{"Ιανουάριος", "Φεβρουάριος", "Μάρτιος", "Απρίλιος", "Μάιος", "Ιούνιος", "Ιούλιος",
			"Αύγουστος", "Σεπτέμβριος", "Οκτώβριος", "Νοέμβριος", "Δεκέμβριος"},
		monthsShort: [12]string{"Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ"},
		date:        "{d} {M} {y}", dayMonth: "{d} {M}", month: "{M} {y}", monthShort: "{M} {y}", dateShort: "{d} {M} {y}",
	}
}

// macedonian writes dates without «г.», as shops and newspapers there mostly do.
func macedonian() *style {
	months := [12]string{"јануари", "февруари", "март", "април", "мај", "јуни", "јули", "август", "септември",
		"октомври", "ноември", "декември"}
	return &style{
		name: "Македонски", language: language.Macedonian,
		decimal: ",", group: ".", percent: nbsp + "%",
		symbols: withSigns(map[string]string{"CNY": "CN¥", "MKD": "ден."}),
		scales:  []scale{{1e6, 1e6, nbsp + "мил."}, {1e9, 1e9, nbsp + "милј."}},
		months:  months, monthsAlone: months,
		monthsShort: [12]string{"јан.", "фев.", "мар.", "апр.", "мај", "јун.", "јул.", "авг.", "сеп.", "окт.", "ное.",
			"дек."},
		date: "{d} {M} {y}", dayMonth: "{d} {M}", month: "{M} {y}", monthShort: "{M} {y}", dateShort: "{d}.{m}.{y}",
	}
}

// withSigns is the currency signs that everybody knows, with a language's own in their place.
func withSigns(own map[string]string) map[string]string {
	signs := map[string]string{
		"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "RUB": "₽", "UAH": "₴", "TRY": "₺", "KZT": "₸", "GEL": "₾",
		"INR": "₹", "KRW": "₩", "ILS": "₪", "VND": "₫",
	}
	for code, sign := range own {
		signs[code] = sign
	}
	return signs
}
