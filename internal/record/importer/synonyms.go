package importer

// The names under which columns go, in English, Russian, Chinese, Greek and Macedonian. They are compared folded
// (case, accents, blanks and punctuation do not matter); "customer id" is also found at the end of a longer name.

var customerNames = []string{
	"customer id", "customer", "customer no", "customer number", "customer code", "customer key", "customer unique id", "cust id", "cust", "custno",
	"client id", "client", "client no", "client code", "buyer id", "buyer", "user id", "user", "member id", "member", "member no",
	"shopper id", "shopper", "account id", "account", "account no", "contact id", "card no", "card number", "loyalty card", "loyalty id", "household key",
	"customer name", "client name", "customer email", "email", "e-mail", "email address", "phone", "phone number", "mobile",
	"ид клиента", "id клиента", "код клиента", "номер клиента", "клиент", "клиент id", "ид покупателя", "id покупателя", "код покупателя", "покупатель",
	"заказчик", "пользователь", "id пользователя", "номер карты", "карта лояльности", "карта", "участник", "контрагент", "имя клиента", "фио", "фио клиента", "телефон", "почта", "эл. почта",
	"客户编号", "客户id", "客户号", "客户代码", "客户", "顾客编号", "顾客id", "顾客", "会员编号", "会员id", "会员号", "会员卡号", "会员", "买家id", "买家", "买家会员名",
	"用户id", "用户编号", "用户", "客户名称", "客户姓名", "手机号", "手机", "邮箱",
	"κωδικός πελάτη", "αριθμός πελάτη", "id πελάτη", "πελάτης", "πελάτη", "αγοραστής", "κωδικός χρήστη", "χρήστης", "μέλος", "αριθμός κάρτας", "κάρτα μέλους", "όνομα πελάτη", "τηλέφωνο",
	"шифра на клиент", "код на клиент", "ид на клиент", "број на клиент", "клиент", "шифра на купувач", "код на купувач", "ид на купувач", "купувач", "корисник", "ид на корисник", "член", "број на картичка", "картичка", "име на клиент", "телефон", "е-пошта",
}

var customerAvoid = []string{"name", "type", "segment", "city", "state", "zip", "age", "gender", "country", "status", "since", "group", "rating", "тип", "город", "группа", "возраст", "пол", "类型", "城市", "等级", "τύπος", "πόλη", "вид", "град"}

var orderNames = []string{
	"order id", "order no", "order number", "order", "order ref", "order reference", "order code", "invoice no", "invoice number", "invoice id", "invoice", "receipt no", "receipt number", "receipt id", "receipt",
	"transaction id", "transaction no", "transaction number", "transaction", "basket id", "basket", "check no", "check number", "bill no", "bill number", "bill", "document no", "document number", "document", "sale id", "ticket no", "ticket", "order name", nameOfOrder,
	"номер заказа", "id заказа", "ид заказа", "код заказа", "№ заказа", "заказ", "номер чека", "№ чека", "чек", "номер накладной", "накладная", "номер документа", "документ", "номер счета", "счет", "документ продажи", "номер",
	"订单编号", "订单号", "订单id", "订单", "单号", "发票号", "发票号码", "小票号", "流水号", "交易编号", "交易号", "交易id",
	"αριθμός παραγγελίας", "κωδικός παραγγελίας", "id παραγγελίας", "παραγγελία", "αριθμός τιμολογίου", "τιμολόγιο", "αριθμός απόδειξης", "απόδειξη", "παραστατικό",
	"број на нарачка", "ид на нарачка", "шифра на нарачка", "нарачка", "број на фактура", "фактура", "број на сметка", "сметка", "фискална сметка",
}

// nameOfOrder is what Shopify calls the number of an order; elsewhere a name is a name.
const nameOfOrder = "name"

var dateNames = []string{
	"order date", "order datetime", "order timestamp", "order purchase timestamp", "purchase date", "purchased at", "invoice date", "transaction date", "transaction time", "sale date", "sales date", "ordered at", "order time",
	"date of order", "date of purchase", "date", "datetime", "date time", "timestamp", "created at", "created", "paid at", "day", "when",
	"дата заказа", "дата покупки", "дата продажи", "дата чека", "дата операции", "дата документа", "дата и время", "дата создания", "дата", "день",
	"订单日期", "下单日期", "下单时间", "购买日期", "购买时间", "交易日期", "交易时间", "成交时间", "付款时间", "支付时间", "订单创建时间", "订单时间", "创建时间", "销售日期", "日期", "时间", "日期时间",
	"ημερομηνία παραγγελίας", "ημερομηνία αγοράς", "ημερομηνία πώλησης", "ημερομηνία", "ημ/νία", "ημερομηνία τιμολογίου",
	"датум на нарачка", "датум на купување", "датум на продажба", "датум на фактура", "датум", "датум и време", "ден",
}

var dateAvoid = []string{
	"ship", "shipped", "shipping", "delivery", "delivered", "due", "birth", "dob", "expiry", "expected", "estimated", "update", "updated", "modified", "registration", "signup", "registered", "required", "return", "returned", "limit",
	"отгрузки", "доставки", "рождения", "регистрации", "изменения", "возврата", "发货", "生日", "出生", "注册", "到期", "收货", "γέννησης", "παράδοσης", "εγγραφής", "раѓање", "испорака", "регистрација",
}

var timeNames = []string{"time", "time of day", "order time", "invoice time", "hour", "время", "время заказа", "время покупки", "время чека", "时间", "下单时间", "交易时间", "ώρα", "ώρα παραγγελίας", "време", "час", "време на нарачка"}

var quantityNames = []string{
	"quantity", "qty", "units", "unit count", "units sold", "pieces", "pcs", "item count", "items", "count", "order quantity", "quantity ordered", "number of items", "number of units",
	"количество", "кол-во", "кол", "штук", "шт", "количество товара", "数量", "件数", "购买数量", "商品数量", "ποσότητα", "τεμάχια", "τεμ", "количина", "парчиња", "кол.", "број на парчиња",
}

var priceNames = []string{
	"unit price", "price per unit", "price each", "item price", "price", "unit cost", "item cost", "selling price", "sale price", "product price",
	"цена за единицу", "цена за шт", "цена за штуку", "цена единицы", "цена", "цена товара", "单价", "商品单价", "价格", "售价",
	"τιμή μονάδας", "τιμή τεμαχίου", "τιμή", "единечна цена", "цена по единица", "цена по парче",
}

var amountNames = []string{
	"amount", "order amount", "order total", "order value", "total amount", "line total", "grand total", "amount paid", "paid amount", "net amount", "transaction amount", "purchase amount", "sales amount",
	"revenue", "total", "total price", "total sales", "net sales", "sales", "sum", "value", "dollar value", "turnover", "payment", "payment value", "paid", "spend", "spent", "money", "line amount", "gross amount", "gross sales", "subtotal",
	"сумма заказа", "сумма покупки", "сумма чека", "сумма продажи", "сумма", "итого", "итоговая сумма", "выручка", "стоимость", "оплачено", "к оплате", "всего", "оборот", "общая стоимость",
	"实付金额", "订单金额", "支付金额", "成交金额", "交易金额", "消费金额", "总金额", "金额", "总价", "销售额", "应付金额", "合计", "总额", "总计", "收入",
	"συνολικό ποσό", "ποσό", "σύνολο", "αξία", "συνολική αξία", "έσοδα", "τζίρος", "πληρωμή",
	"вкупен износ", "износ", "вкупно", "сума", "вредност", "приход", "промет", "за плаќање", "платено", "вкупна цена",
}

var amountAvoid = []string{
	"tax", "vat", "discount", "shipping", "freight", "fee", "cost", "profit", "margin", "refund", "refunded", "balance", "points", "tip", "credit", "minimum", "count", "number", "id", "subtotal",
	"скидки", "скидка", "ндс", "налог", "доставки", "прибыль", "себестоимость", "баллов", "税", "折扣", "优惠", "运费", "成本", "利润", "退款", "έκπτωση", "έκπτωσης", "φπα", "φόρος", "κόστος", "μεταφορικά",
	"попуст", "ддв", "данок", "достава", "трошок",
}

var costNames = []string{
	"cost", "costs", "spend", "spent", "ad spend", "ad cost", "marketing cost", "expense", "expenses", "budget", "total cost", "amount spent",
	"расход", "расходы", "затраты", "бюджет", "стоимость", "费用", "成本", "花费", "支出", "预算", "投放费用", "κόστος", "δαπάνη", "δαπάνες", "έξοδα", "προϋπολογισμός", "трошок", "трошоци", "расходи", "буџет",
}

var productNames = []string{
	"stock code", "sku", "product id", "product code", "product no", "item id", "item code", "item no", "article no", "article number", "article", "asin", "upc", "ean", "barcode", "product", "product name", "item", "item name", "article name",
	"артикул", "код товара", "id товара", "номенклатура", "товар", "наименование товара", "название товара", "наименование", "продукт", "штрихкод",
	"商品编号", "商品编码", "商品id", "产品编号", "产品id", "货号", "商品", "商品名称", "宝贝标题", "宝贝名称", "产品", "产品名称", "条码",
	"κωδικός προϊόντος", "κωδικός είδους", "προϊόν", "είδος", "όνομα προϊόντος", "шифра на производ", "шифра на артикл", "код на производ", "производ", "артикл", "артикал", "стока", "име на производ",
}

// goodsNames are what a product is called, beside its number.
var goodsNames = []string{
	"product name", "item name", "article name", "product title", "name", "title", "description", "product", "item",
	"наименование товара", "название товара", "наименование", "название", "имя", "товар", "商品名称", "产品名称", "品名", "名称", "宝贝标题",
	"όνομα προϊόντος", "περιγραφή", "όνομα", "τίτλος", "име на производ", "назив", "име", "опис",
}

// unitCostNames are what one piece costs the business.
var unitCostNames = []string{
	"unit cost", "cost price", "cost per item", "purchase price", "buying price", "wholesale price", "product cost", "item cost", "cost of goods", "cogs", "cost",
	"себестоимость", "закупочная цена", "цена закупки", "закупка", "成本价", "单位成本", "进货价", "采购价", "进价", "成本",
	"κόστος μονάδας", "τιμή κόστους", "τιμή αγοράς", "κόστος", "набавна цена", "цена на чинење", "трошок", "набавна",
}

var soldOutNames = []string{
	"sold out", "out of stock", "unavailable", "discontinued", "распродано", "нет в наличии", "закончился", "售罄", "缺货", "已下架", "εξαντλημένο", "εξαντλήθηκε", "распродадено", "нема на залиха",
}

// stockNames are how many pieces are left, or whether any are.
var stockNames = []string{
	"stock", "in stock", "stock quantity", "stock level", "quantity in stock", "stock on hand", "on hand", "inventory", "inventory quantity", "inventory qty", "variant inventory qty", "available", "availability", "available quantity", "quantity", "qty",
	"остаток", "остатки", "остаток на складе", "в наличии", "наличие", "на складе", "количество", "库存", "库存数量", "现有库存", "有货", "数量",
	"απόθεμα", "διαθεσιμότητα", "διαθέσιμο", "ποσότητα", "залиха", "на залиха", "достапно", "количина",
}

var categoryNames = []string{
	"category", "product category", "product category name", "category name", "item category", "product line", "product type", "product group", "department", "group",
	"категория", "категория товара", "группа товаров", "группа", "раздел", "отдел", "商品类别", "产品类别", "商品分类", "品类", "类别", "分类", "类目",
	"κατηγορία", "κατηγορία προϊόντος", "ομάδα", "категорија", "категорија на производ", "група", "оддел",
}

var stateNames = []string{
	"order status", "order state", "status", "state", "статус заказа", "статус", "состояние", "состояние заказа", "订单状态", "交易状态", "状态",
	"κατάσταση παραγγελίας", "κατάσταση", "статус на нарачка", "состојба", "состојба на нарачка",
}

var currencyNames = []string{"currency", "currency code", "ccy", "валюта", "код валюты", "币种", "货币", "νόμισμα", "валута"}

var channelNames = []string{
	"acquisition channel", "channel", "marketing channel", "first channel", "lead source", "acquisition source", "traffic source", "utm source", "source", "medium",
	"канал привлечения", "канал", "источник", "источник трафика", "获客渠道", "渠道", "来源渠道", "来源", "推广渠道", "κανάλι", "κανάλι απόκτησης", "πηγή", "канал на стекнување", "извор",
}

var referredNames = []string{
	"referred", "referral", "is referral", "is referred", "referred by", "recommended", "by recommendation", "by referral", "invited", "invited by",
	"по рекомендации", "рекомендация", "реферал", "приглашен", "推荐", "是否推荐", "转介绍", "推荐人", "από σύσταση", "σύσταση", "по препорака", "препорака", "препорачан",
}

var memberNames = []string{
	"is member", "loyalty member", "club member", "programme member", "program member", "is loyalty member", "membership", "enrolled", "member",
	"участник программы", "участник", "в программе", "член клуба", "是否会员", "会员", "会员状态", "μέλος προγράμματος", "μέλος", "член на програмата", "член",
}

// A day on which somebody "joined" is in most files the one of their first visit: only what speaks of membership counts.
var joinedNames = []string{
	"member since", "membership date", "membership start", "enrolled at", "enrolment date", "enrollment date", "loyalty join date", "joined programme", "joined program", "joined club",
	"участник с", "дата вступления в программу", "вступил в программу", "入会日期", "入会时间", "μέλος από", "ημερομηνία ένταξης", "член од", "датум на зачленување",
}

var scoreNames = []string{
	"nps", "nps score", "csat", "csat score", "ces", "ces score", "score", "rating", "answer", "grade", "mark", "stars", "satisfaction", "satisfaction score", "response", "likelihood to recommend",
	"оценка", "балл", "баллы", "рейтинг", "ответ", "оценка клиента", "评分", "分数", "得分", "打分", "满意度", "推荐值", "βαθμός", "βαθμολογία", "απάντηση", "αξιολόγηση", "оцена", "одговор", "поени", "рејтинг",
}

var answerKindNames = []string{
	"kind", "survey", "survey type", "survey kind", "question type", "metric", "questionnaire", "type", "вид опроса", "тип опроса", "опрос", "анкета", "вид", "тип", "показатель",
	"问卷类型", "调查类型", "问卷", "类型", "指标", "τύπος έρευνας", "έρευνα", "είδος", "τύπος", "вид на анкета", "тип на анкета", "вид", "мерка",
}

var aspectNames = []string{
	"aspect", "topic", "dimension", "area", "question", "theme", "аспект", "тема", "критерий", "вопрос", "方面", "维度", "主题", "问题", "πτυχή", "διάσταση", "θέμα", "ερώτηση", "прашање", "критериум",
}

var commentNames = []string{
	"comment", "comments", "feedback", "review", "text", "remark", "verbatim", "message", "комментарий", "отзыв", "текст", "сообщение", "评论", "意见", "反馈", "留言", "评价内容", "备注", "σχόλιο", "σχόλια", "κριτική", "коментар", "забелешка", "мислење",
}

var scaleNames = []string{"scale", "max score", "maximum", "out of", "max", "шкала", "максимум", "满分", "量表", "κλίμακα", "скала", "макс"}

var repliedNames = []string{"replied", "replied at", "first reply", "first reply at", "first response", "first response at", "reply date", "дата ответа", "первый ответ", "回复时间", "首次回复", "首次回复时间", "πρώτη απάντηση", "прв одговор", "одговорено"}

var solvedNames = []string{"solved", "solved at", "resolved", "resolved at", "closed", "closed at", "resolution date", "решено", "дата решения", "закрыто", "дата закрытия", "解决时间", "关闭时间", "επιλύθηκε", "λύση", "решение", "затворено"}

var dueNames = []string{"due", "due at", "due date", "deadline", "sla", "срок", "крайний срок", "срок решения", "截止时间", "期限", "προθεσμία", "рок", "краен рок"}

// countPrefixes begin the names of columns that count things: "number of cds".
var countPrefixes = []string{"number of", "no of", "num", "count of", "количество", "число", "αριθμός", "број на"}
