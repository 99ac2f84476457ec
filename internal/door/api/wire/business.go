package wire

// Business is whose facts are kept.
type Business struct {
	Name     string `json:"name,omitempty" maxLength:"200" example:"Café Kipseli"`
	TimeZone string `json:"time_zone,omitempty" doc:"Whose days and months are counted. It cannot be changed once it is set." example:"Europe/Athens" maxLength:"60"`
	Currency string `json:"currency,omitempty" doc:"ISO code. It cannot be changed once it is set." example:"EUR" pattern:"^[A-Z]{3}$"`
	Country  string `json:"country,omitempty" doc:"ISO code, for telephone numbers without a country." example:"GR" pattern:"^[A-Z]{2}$"`
}
