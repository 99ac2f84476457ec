package predict

import (
	"bytes"
	"encoding/gob"
	"fmt"
)

// kept is an outlook without its scores, as bytes hold it: laws by their names and parameters. What is not known is not a
// number there, which JSON could not hold.
type kept struct {
	Outlook Outlook
	Values  [][]float64
	Each    []float64
}

// Keep writes an outlook, without the scores.
func (out *Outlook) Keep() ([]byte, error) {
	k := kept{Outlook: *out}
	k.Outlook.Scores, k.Outlook.Candidates = nil, nil
	for _, c := range out.Candidates {
		each := 0.0
		if p, is := c.Model.(Periods); is {
			each = p.Each
		}
		k.Values, k.Each = append(k.Values, valuesOf(c.Model)), append(k.Each, each)
		c.Model = nil
		k.Outlook.Candidates = append(k.Outlook.Candidates, c)
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(&k); err != nil {
		return nil, fmt.Errorf("keep an outlook: %w", err)
	}
	return b.Bytes(), nil
}

// Recall reads what Keep wrote.
func Recall(text []byte) (*Outlook, error) {
	var k kept
	if err := gob.NewDecoder(bytes.NewReader(text)).Decode(&k); err != nil {
		return nil, fmt.Errorf("recall an outlook: %w", err)
	}
	out := &k.Outlook
	if len(k.Values) != len(out.Candidates) || len(k.Each) != len(out.Candidates) || len(k.Values) > 0 && out.Chosen >= len(k.Values) {
		return nil, fmt.Errorf("recall an outlook: %d laws and parameters of %d", len(out.Candidates), len(k.Values))
	}
	for i := range out.Candidates {
		m, err := NewModel(out.Candidates[i].Name, k.Values[i], k.Each[i])
		if err != nil {
			return nil, err
		}
		out.Candidates[i].Model = m
	}
	return out, nil
}
