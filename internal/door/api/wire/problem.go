package wire

import "fmt"

// Problem is why a request was not done: problem details by RFC 9457.
type Problem struct {
	Type      string         `json:"type" doc:"Where the code is explained; relative to the address of the server." example:"/v1/problems#invalid"`
	Title     string         `json:"title" doc:"The sort of trouble, the same for every problem of this code." example:"Invalid request"`
	Status    int            `json:"status" doc:"The HTTP status." example:"422"`
	Code      string         `json:"code" doc:"A word for programs, which never changes." example:"invalid"`
	Detail    string         `json:"detail,omitempty" doc:"What is wrong, where, and what to do, for a person."`
	Errors    []ProblemField `json:"errors,omitempty" doc:"The fields that are wrong, one by one."`
	RequestID string         `json:"request_id,omitempty" doc:"What the log calls this request; name it when you ask for help."`
}

// ProblemField is what is wrong with one field.
type ProblemField struct {
	Field  string `json:"field" doc:"Where it is in the request." example:"lines[2].quantity"`
	Code   string `json:"code" doc:"A word for programs." example:"unknown_field"`
	Detail string `json:"detail" doc:"What is wrong with it."`
}

func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	if len(p.Errors) > 0 && p.Errors[0].Field != "" {
		text = fmt.Sprintf("%s (%s: %s)", text, p.Errors[0].Field, p.Errors[0].Detail)
	}
	return fmt.Sprintf("%s [%d %s]", text, p.Status, p.Code)
}

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is what the answer is sent as.
func (p *Problem) ContentType(string) string { return "application/problem+json" }
