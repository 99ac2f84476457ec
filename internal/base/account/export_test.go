package account

// For tests.
var (
	NewKeyText = newKeyText
	Spell      = spell
	Unspell    = unspell
)

// SealBatch is how many entries a seal is over at most.
const SealBatch = sealBatch
