package importer

import "slices"

// The roles a column can play. Which of them a file has depends on its kind.
const (
	roleCustomer = "customer"
	roleOrder    = "order"
	roleDate     = "date"
	roleTime     = "time"
	roleProduct  = "product"
	roleCategory = "category"
	roleQuantity = "quantity"
	rolePrice    = "price"
	roleAmount   = "amount"
	roleState    = "state"
	roleCurrency = "currency"
	roleChannel  = "channel"
	roleReferred = "referred"
	roleMember   = "member"
	roleJoined   = "joined"
	roleScore    = "score"
	roleKind     = "kind"
	roleAspect   = "aspect"
	roleComment  = "comment"
	roleScale    = "scale"
	roleReplied  = "replied"
	roleSolved   = "solved"
	roleDue      = "due"
	roleName     = "name"
	roleCost     = "cost"
	roleSoldOut  = "sold_out"
	roleStock    = "stock"

	roleAttribute = "attribute"
	roleIgnored   = "ignored"
)

// content is what the cells of a role must look like.
type content uint8

const (
	anyContent content = iota
	idContent
	dateContent
	monthContent // dates, or months without a day
	timeContent
	numberContent
	stateContent
	currencyContent
	scaleContent // 5, 1-5, 0..10
)

// roleSpec says how a role is recognised: what it looks like and under which names it goes, the most telling first.
// A name that has one of the words to avoid is taken only when it is a synonym as a whole.
type roleSpec struct {
	role    string
	content content
	names   []string
	avoid   []string
}

// roleList is the roles that a kind of file may have.
func roleList(k Kind) []roleSpec {
	switch k {
	case Orders:
		return orderRoles
	case Customers:
		return customerRoles
	case Answers:
		return answerRoles
	case Products:
		return productRoles
	case Costs:
	}
	return costRoles
}

// hasRole is true for roles that files of the kind may have.
func (k Kind) hasRole(role string) bool {
	return slices.ContainsFunc(roleList(k), func(r roleSpec) bool { return r.role == role })
}

var orderRoles = []roleSpec{
	{roleCustomer, idContent, customerNames, customerAvoid},
	{roleOrder, idContent, orderNames, []string{"date", "time", "status", "amount", "value", "total", "customer", "type", "дата", "сумма", "статус", "телефона", "карты", "клиента", "покупателя", "товара", "строки", "магазина", "кассы", "паспорта", "ημερομηνια", "датум", "износ", "日期", "时间", "金额", "状态"}},
	{roleDate, dateContent, dateNames, dateAvoid},
	{roleTime, timeContent, timeNames, nil},
	{roleQuantity, numberContent, quantityNames, nil},
	{rolePrice, numberContent, priceNames, []string{"total", "list", "discount", "old", "regular", "final", "общая", "старая", "вкупна"}},
	{roleAmount, numberContent, amountNames, amountAvoid},
	{roleProduct, idContent, productNames, []string{"category", "type", "price", "quantity", "amount", "категория", "цена", "количество"}},
	{roleCategory, anyContent, categoryNames, []string{"customer", "client", "age", "price", "клиента"}},
	{roleState, stateContent, stateNames, []string{"customer", "payment", "marital", "member", "клиента"}},
	{roleCurrency, currencyContent, currencyNames, nil},
}

var customerRoles = []roleSpec{
	{roleCustomer, idContent, customerNames, customerAvoid},
	{roleChannel, anyContent, channelNames, nil},
	{roleReferred, anyContent, referredNames, nil},
	{roleJoined, dateContent, joinedNames, nil},
	{roleMember, anyContent, memberNames, []string{"id", "number", "no", "name", "date", "since", "номер", "имя", "дата", "号", "编号", "日期", "ημερομηνια", "αριθμος", "број", "датум"}},
}

var answerRoles = []roleSpec{
	{roleCustomer, idContent, append(append([]string{}, customerNames...), "respondent", "respondent id", "респондент", "受访者", "ερωτώμενος", "испитаник"), customerAvoid},
	{roleDate, dateContent, append([]string{"response date", "answer date", "survey date", "submitted at", "submitted", "answered at", "completed at", "sent at", "дата ответа", "дата опроса", "дата анкеты", "回答时间", "回答日期", "提交时间", "填写时间", "评价时间", "ημερομηνία απάντησης", "датум на одговор", "opened at", "opened"}, dateNames...), dateAvoid},
	{roleTime, timeContent, timeNames, nil},
	{roleScore, numberContent, scoreNames, []string{"max", "scale", "average", "avg"}},
	{roleKind, anyContent, answerKindNames, nil},
	{roleAspect, anyContent, aspectNames, nil},
	{roleComment, anyContent, commentNames, nil},
	{roleScale, scaleContent, scaleNames, nil},
	{roleState, anyContent, append([]string{"survey status", "response status", "finished", "delivered", "answered", "статус опроса", "завершен", "доставлен", "问卷状态", "是否完成"}, stateNames...), []string{"customer", "marital"}},
	{roleReplied, dateContent, repliedNames, nil},
	{roleSolved, dateContent, solvedNames, nil},
	{roleDue, dateContent, dueNames, nil},
}

var productRoles = []roleSpec{
	{roleProduct, idContent, append(append([]string{}, productNames...), "reference", "ref", "id", "code", "key", "name", "title", "код", "название", "编号", "名称", "κωδικός", "όνομα", "шифра", "назив", "име"), []string{"category", "type", "price", "quantity", "amount", "cost", "supplier", "parent", "категория", "цена", "количество", "поставщика"}},
	{roleName, anyContent, goodsNames, []string{"category", "supplier", "brand", "vendor", "type", "категории", "поставщика", "бренд"}},
	{roleCategory, anyContent, categoryNames, []string{"price", "id"}},
	{roleCost, numberContent, unitCostNames, []string{"shipping", "delivery", "total", "доставки"}},
	{roleSoldOut, anyContent, soldOutNames, nil},
	{roleStock, anyContent, stockNames, []string{"code", "price", "value", "date", "minimum", "min", "reserved", "location", "код", "цена", "стоимость", "минимальный"}},
	{roleCurrency, currencyContent, currencyNames, nil},
}

var costRoles = []roleSpec{
	{roleDate, monthContent, append([]string{"month", "period", "месяц", "период", "月份", "月", "年月", "μήνας", "περίοδος", "месец", "период"}, dateNames...), nil},
	{roleChannel, anyContent, channelNames, nil},
	{roleKind, anyContent, []string{"kind", "type", "purpose", "cost type", "cost kind", "goal", "вид", "тип", "назначение", "тип расхода", "вид расхода", "类型", "用途", "费用类型", "είδος", "τύπος", "вид на трошок", "намена"}, nil},
	{roleAmount, numberContent, append(append([]string{}, costNames...), amountNames...), []string{"tax", "vat", "ндс", "clicks", "impressions"}},
	{roleCurrency, currencyContent, currencyNames, nil},
}
