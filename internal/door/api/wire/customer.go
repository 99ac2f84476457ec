package wire

import "time"

// Customer is a person or an organisation that buys.
type Customer struct {
	ID         string     `json:"id,omitempty" readOnly:"true" doc:"Its id here. Ids of customers who were merged into it lead to it as well."`
	Reference  string     `json:"reference,omitempty" doc:"Your own id of the customer." maxLength:"300" example:"C-1017"`
	Identities []Identity `json:"identities,omitempty" doc:"What else the customer is known by. Those that are new are added; none is taken away." maxItems:"100"`

	Organisation   bool              `json:"organisation,omitempty" doc:"A business, not a person."`
	FormOfAddress  string            `json:"form_of_address,omitempty" maxLength:"400" example:"Dr"`
	GivenName      string            `json:"given_name,omitempty" maxLength:"400"`
	MiddleName     string            `json:"middle_name,omitempty" maxLength:"400"`
	FamilyName     string            `json:"family_name,omitempty" maxLength:"400"`
	FullName       string            `json:"full_name,omitempty" doc:"Where its parts are not known, or how it is to be written." maxLength:"400"`
	Birthday       string            `json:"birthday,omitempty" doc:"YYYY-MM-DD, or --MM-DD where the year is not known." pattern:"^([0-9]{4}|-)-[0-9]{2}-[0-9]{2}$" example:"1980-05-17"`
	Language       string            `json:"language,omitempty" doc:"Code by BCP 47." maxLength:"60" example:"el"`
	Channel        string            `json:"channel,omitempty" doc:"By which the customer was won." maxLength:"400"`
	Referred       *bool             `json:"referred,omitempty" doc:"Whether another customer brought this one; left out: not known."`
	Household      string            `json:"household,omitempty" doc:"What the members of one household share, such as an address." maxLength:"400"`
	OrganisationID string            `json:"organisation_id,omitempty" doc:"Of a person: the id of the business that the person is a contact of." maxLength:"40"`
	Attributes     map[string]string `json:"attributes,omitempty" doc:"Whatever else you want to break figures down by. An empty value takes an attribute away."`
	Consents       []Consent         `json:"consents,omitempty" writeOnly:"true" doc:"Consents to record with it; read them under /consents." maxItems:"100"`

	Summary *CustomerSummary `json:"summary,omitempty" readOnly:"true" doc:"What the customer did; in lists that are chosen or sorted by it."`

	MergedIDs []string   `json:"merged_ids,omitempty" readOnly:"true" doc:"Ids of customers who were merged into this one."`
	Masked    bool       `json:"masked,omitempty" readOnly:"true" doc:"Names, addresses, numbers and the birthday are hidden or shortened, because whoever asks lacks the permission personal.read."`
	Version   int64      `json:"version,omitempty" readOnly:"true" doc:"Rises with every change of the profile."`
	CreatedAt *time.Time `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt *time.Time `json:"updated_at,omitempty" readOnly:"true"`
	ErasedAt  *time.Time `json:"erased_at,omitempty" readOnly:"true" doc:"When the customer was erased, and with it all that tells who it was."`
}

// Identity is something that a customer is known by.
type Identity struct {
	Kind    string     `json:"kind" doc:"id, email, phone, card, visitor, or the name of a system that has an id for the customer." minLength:"1" maxLength:"40" example:"email"`
	Value   string     `json:"value" minLength:"1" maxLength:"300" example:"ada@example.com"`
	AddedAt *time.Time `json:"added_at,omitempty" readOnly:"true"`
}

// CustomerChange is what is to be changed of a customer: what is left out stays as it is.
type CustomerChange struct {
	Identities []Identity `json:"identities,omitempty" doc:"To be added." maxItems:"100"`

	Organisation   *bool             `json:"organisation,omitempty"`
	FormOfAddress  string            `json:"form_of_address,omitempty" maxLength:"400"`
	GivenName      string            `json:"given_name,omitempty" maxLength:"400"`
	MiddleName     string            `json:"middle_name,omitempty" maxLength:"400"`
	FamilyName     string            `json:"family_name,omitempty" maxLength:"400"`
	FullName       string            `json:"full_name,omitempty" maxLength:"400"`
	Birthday       string            `json:"birthday,omitempty" pattern:"^([0-9]{4}|-)-[0-9]{2}-[0-9]{2}$"`
	Language       string            `json:"language,omitempty" maxLength:"60"`
	Channel        string            `json:"channel,omitempty" maxLength:"400"`
	Referred       *bool             `json:"referred,omitempty"`
	Household      string            `json:"household,omitempty" maxLength:"400"`
	OrganisationID string            `json:"organisation_id,omitempty" maxLength:"40"`
	Attributes     map[string]string `json:"attributes,omitempty" doc:"Those named are set; an empty value takes one away."`
	Clear          []string          `json:"clear,omitempty" doc:"Fields to be emptied." maxItems:"20" enum:"form_of_address,given_name,middle_name,family_name,full_name,birthday,language,channel,referred,household,organisation_id"`
}

// CustomerWritten is what became of a customer that was handed in.
type CustomerWritten struct {
	ID     string     `json:"id" doc:"Its id."`
	Status string     `json:"status" enum:"created,updated,unchanged" doc:"unchanged: it was there already with the same content."`
	Taken  []Identity `json:"taken,omitempty" doc:"Identities that belong to another customer, and were not added. The two may be one person: merge them, if you know that they are."`
}

// Merge says that a customer is the same person as another.
type Merge struct {
	Into CustomerRef `json:"into" doc:"Who stands for both from then on."`
}

// Merged is what became of a merge.
type Merged struct {
	Status   string `json:"status" enum:"updated,unchanged" doc:"unchanged: they were one already, or are two already."`
	ID       string `json:"id" doc:"The customer who stands for the person."`
	MergedID string `json:"merged_id,omitempty" doc:"Who was merged: POST to its /unmerge makes it a customer of its own again."`
}

// Erased is what was erased.
type Erased struct {
	IDs []string `json:"ids" doc:"The ids of the person, which lead to nobody now." nullable:"false"`
}

// Note is what somebody of the business wrote down about a customer, for the others.
type Note struct {
	ID        string    `json:"id,omitempty" readOnly:"true"`
	Text      string    `json:"text" minLength:"1" maxLength:"4000" example:"Likes the table by the window."`
	WrittenBy string    `json:"written_by,omitempty" readOnly:"true" doc:"Name of the person or the key."`
	WrittenAt time.Time `json:"written_at,omitzero" readOnly:"true"`
}

// Phone is a browser on which a customer is told what happens to what they have.
type Phone struct {
	ID       string    `json:"id" readOnly:"true"`
	Device   string    `json:"device,omitempty" example:"Android · Chrome" doc:"What it is, in two words."`
	Language string    `json:"language,omitempty" doc:"Of the page on which the customer switched notices on."`
	AddedAt  time.Time `json:"added_at"`
	ToldAt   time.Time `json:"told_at,omitzero" doc:"When it was last told something; left out: never."`
	Failures int64     `json:"failures" doc:"How many notices in a row did not reach it; after five it is forgotten."`
}

// Consent is what a customer agreed to, or took back. The last one for a channel and a purpose counts; none is ever changed.
type Consent struct {
	Channel        string    `json:"channel" minLength:"1" maxLength:"100" example:"email"`
	Purpose        string    `json:"purpose" minLength:"1" maxLength:"300" example:"newsletter"`
	Granted        bool      `json:"granted" doc:"false: taken back."`
	Wording        string    `json:"wording,omitempty" doc:"What was shown, word for word. A consent that is granted has it, or its version." maxLength:"20000"`
	WordingVersion string    `json:"wording_version,omitempty" maxLength:"300"`
	Source         string    `json:"source,omitempty" doc:"Where it was given." maxLength:"300" example:"till"`
	Proof          string    `json:"proof,omitempty" doc:"Such as the address of a recording." maxLength:"1000"`
	GivenAt        time.Time `json:"given_at"`
}
