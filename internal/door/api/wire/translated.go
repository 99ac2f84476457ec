package wire

// Translated says what names and texts are in other languages.
type Translated struct {
	Translations map[string]map[string]string `json:"translations" doc:"By en, ru, zh, el or mk, and by the text as it is written; what is not here is shown as it is written."`
}
