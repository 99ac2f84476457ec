package importer

// What cells say, in English, Russian, Chinese, Greek and Macedonian; compared folded.

// orderState is what the state of an order means for its money.
type orderState uint8

const (
	stateUnknown orderState = iota
	stateFine
	stateCancelled
	stateReturned
)

// orderStates is keyed by folded words.
var orderStates = foldKeys(orderStateWords)

var orderStateWords = map[orderState][]string{
	stateCancelled: {
		"cancelled", "canceled", "cancel", "cancellation", "void", "voided", "failed", "declined", "annulled", "rejected", "unpaid cancelled",
		"отменен", "отменён", "отменена", "отменено", "отмена", "аннулирован", "аннулирована", "отказ", "отклонен",
		"已取消", "取消", "交易关闭", "已关闭", "作废", "已作废", "交易取消", "订单取消",
		"ακυρώθηκε", "ακυρωμένη", "ακυρωμένο", "ακύρωση", "άκυρη", "απορρίφθηκε", "откажана", "откажано", "откажан", "сторно", "сторнирана", "поништена", "поништено", "одбиена",
	},
	stateReturned: {
		"returned", "return", "refunded", "refund", "chargeback", "reversed", "возврат", "возвращен", "возвращён", "возвращена", "возвращено", "возврат средств",
		"已退款", "退款", "退货", "已退货", "退货退款", "退款成功", "επιστροφή", "επιστράφηκε", "επεστράφη", "επιστροφή χρημάτων", "вратена", "вратено", "вратен", "поврат", "рефундирана", "рефундирано",
	},
	stateFine: {
		"completed", "complete", "paid", "shipped", "delivered", "pending", "processing", "new", "closed", "open", "success", "successful", "done", "finished", "approved", "invoiced", "confirmed", "created", "in transit", "fulfilled", "sale", "placed", "received",
		"оплачен", "оплачено", "выполнен", "выполнено", "доставлен", "доставлено", "новый", "завершен", "завершён", "в обработке", "отправлен", "принят", "продажа",
		"已完成", "完成", "已付款", "已支付", "已发货", "交易成功", "待付款", "待发货", "已收货", "ολοκληρώθηκε", "ολοκληρωμένη", "πληρωμένη", "πληρώθηκε", "παραδόθηκε", "νέα", "εστάλη",
		"завршена", "завршено", "платена", "платено", "испорачана", "испорачано", "нова", "во обработка", "испратена",
	},
}

// yesNo answers a yes-or-no column.
var yesNo = foldKeys(yesNoWords)

var yesNoWords = map[bool][]string{
	true:  {"yes", "y", "true", "t", "1", "да", "д", "истина", "是", "有", "ναι", "αληθές", "точно", "referral", "x", "✓"},
	false: {"no", "n", "false", "f", "0", "нет", "н", "ложь", "否", "无", "όχι", "οχι", "ψευδές", "не"},
}

// atHand says whether a product is to be had, by the word in a column of stock.
var atHand = foldKeys(map[bool][]string{
	true: append([]string{"in stock", "available", "instock", "preorder", "on sale", "active", "в наличии", "есть", "на складе", "有货", "现货", "在售", "διαθέσιμο", "σε απόθεμα", "на залиха", "достапно", "има"}, yesNoWords[true]...),
	false: append([]string{"out of stock", "sold out", "outofstock", "unavailable", "discontinued", "нет в наличии", "распродано", "отсутствует", "无货", "缺货", "售罄", "下架", "εξαντλημένο", "μη διαθέσιμο", "нема", "нема на залиха", "распродадено",
		"недостапно"}, yesNoWords[false]...),
})

// aspects are the parts of an experience that are asked about, by folded word.
var aspects = foldKeys(aspectWords)

var aspectWords = map[string][]string{
	"service":         {"service", "customer service", "support", "сервис", "обслуживание", "服务", "客服", "εξυπηρέτηση", "υπηρεσία", "услуга", "услуги", "сервис"},
	"staff":           {"staff", "personnel", "employees", "персонал", "сотрудники", "员工", "店员", "工作人员", "προσωπικό", "персонал", "вработени"},
	"problem_solving": {"problem solving", "problem_solving", "complaint handling", "решение проблем", "问题解决", "解决问题", "επίλυση προβλημάτων", "решавање проблеми"},
	"information":     {"information", "info", "информация", "информирование", "信息", "πληροφορίες", "πληροφόρηση", "информации"},
	"product_quality": {"product quality", "product_quality", "quality", "качество", "качество товара", "质量", "产品质量", "商品质量", "ποιότητα", "ποιότητα προϊόντος", "квалитет", "квалитет на производ"},
	"delivery":        {"delivery", "shipping", "доставка", "配送", "物流", "送货", "παράδοση", "αποστολή", "достава", "испорака"},
	"site":            {"site", "website", "app", "сайт", "приложение", "网站", "ιστοσελίδα", "ιστότοπος", "веб-страница", "страница"},
	"price":           {"price", "prices", "value for money", "цена", "цены", "价格", "τιμή", "τιμές", "цени"},
	"brand":           {"brand", "reputation", "бренд", "марка", "品牌", "μάρκα", "бренд", "марка"},
}

// answerKinds are the kinds of question, by folded word.
var answerKinds = foldKeys(answerKindWords)

var answerKindWords = map[string][]string{
	"nps":  {"nps", "net promoter score", "net promoter", "recommend", "recommendation", "likelihood to recommend", "готовность рекомендовать", "рекомендация", "推荐值", "推荐", "净推荐值", "σύσταση", "препорака"},
	"csat": {"csat", "satisfaction", "customer satisfaction", "rating", "удовлетворенность", "удовлетворённость", "满意度", "ικανοποίηση", "задоволство"},
	"ces":  {"ces", "effort", "customer effort", "customer effort score", "усилия", "费力度", "προσπάθεια", "напор"},
	"case": {"case", "complaint", "ticket", "issue", "обращение", "жалоба", "投诉", "工单", "παράπονο", "υπόθεση", "жалба", "поплака", "случај"},
}

// costKinds say whether money was spent on keeping customers (true) or winning them.
var costKinds = foldKeys(costKindWords)

var costKindWords = map[bool][]string{
	false: {"acquisition", "acquire", "new customers", "привлечение", "获客", "拉新", "απόκτηση", "прибавување", "стекнување", "marketing", "advertising", "реклама", "广告", "διαφήμιση"},
	true:  {"retention", "loyalty", "retain", "programme", "program", "удержание", "лояльность", "留存", "维系", "忠诚", "διατήρηση", "πιστότητα", "задржување", "лојалност"},
}

// surveyState is how far a survey got.
type surveyState uint8

const (
	surveyUnknown surveyState = iota
	surveyDelivered
	surveyFinished
	surveyUndelivered
)

var surveyStates = foldKeys(surveyStateWords)

var surveyStateWords = map[surveyState][]string{
	surveyDelivered:   {"delivered", "sent", "opened", "started", "partial", "in progress", "unfinished", "no", "false", "0", "доставлен", "отправлен", "открыт", "начат", "не завершен", "нет", "已送达", "已发送", "未完成", "已打开", "否", "παραδόθηκε", "εστάλη", "όχι", "испратена", "доставена", "не"},
	surveyFinished:    {"finished", "completed", "complete", "answered", "submitted", "done", "yes", "true", "1", "завершен", "завершён", "заполнен", "отвечен", "да", "已完成", "完成", "已提交", "是", "ολοκληρώθηκε", "απαντήθηκε", "ναι", "завршена", "одговорена"},
	surveyUndelivered: {"bounced", "failed", "undelivered", "not delivered", "blocked", "не доставлен", "ошибка", "发送失败", "退信", "απέτυχε", "неуспешна", "неиспорачана"},
}
