package proof

import "regexp"

// private is a datum told by the word in front of it: its first group.
type private struct {
	code, what, shown string
	severity          Severity
	cues              []string // one of which a clause must hold
	shape             *regexp.Regexp
}

// shapes are the patterns of the checks, over folded text.
type shapes struct {
	private                                      []private
	reporter, address, flat                      *regexp.Regexp
	title, beside, number, article               *regexp.Regexp
	link                                         *regexp.Regexp
	date, short, weekday, term, until            *regexp.Regexp
	capitals, digits, percent, interval, penalty *regexp.Regexp
}

func newShapes() *shapes {
	re := regexp.MustCompile
	const road = `[\p{Han}\d]{0,8}(?:路|街|大道|巷|弄|胡同|村|里|镇|小区|花园|苑|城)`
	const house = `[\dA-Z一二三四五六七八九十百-]{1,6}(?:号院|号|栋|幢|座|单元|楼|室|房)`
	return &shapes{
		private: []private{
			{"id_card", "身份证件号码", "【身份证号】", Block, []string{"身份"}, re(`身份(?:证|证号|证号码|证件号|证件号码|号码)[:为是\s]{0,3}(\d{14,17}[\dXx])`)},
			{"passport", "出入境证件号码", "【证件号码】", Block, []string{"护照", "通行证"}, re(`(?:护照|通行证)(?:号|号码)?[:为是\s]{0,3}([A-Z]{1,2}\d{7,8})`)},
			{"bank_card", "银行账号", "【银行账号】", Warn, []string{"卡号", "账号", "账户"}, re(`(?:卡号|账号|账户)[:为是\s]{0,3}(\d[\d ]{10,22}\d)`)},
			{"account", "微信号", "【微信号】", Block, []string{"微信", "VX", "vx", "Vx"}, re(`(?:微信号?|[Vv][Xx])[:为是\s]{0,3}([A-Za-z][\w-]{5,19})`)},
			{"account", "QQ号", "【QQ号】", Block, []string{"QQ", "qq"}, re(`(?:QQ|qq)(?:号|号码)?[:为是\s]{0,3}(\d{5,11})`)},
			{"email", "电子邮箱", "【电子邮箱】", Block, []string{"@"}, re(`([\w.+-]+@[\w-]+(?:\.[\w-]+)+)`)},
			{"phone", "电话号码", "【电话号码】", Note, []string{"电话", "致电", "拨打"}, re(`(?:电话|致电|拨打)[:为是\s]{0,3}([2-8]\d{6,7})(?:\D|$)`)},
		},
		reporter: re(`(?:举报人|举报者)(?:系|是|为|姓|名叫|叫|住|的?(?:姓名|身份|电话|手机|住址|地址|单位|职务|职业)|(?:与|和|同)\p{Han}{2,8}(?:是|系|有))|(?:您|你)(?:作为|身为|系|是)(?:该|本)?\p{Han}{0,10}(?:员工|职工|邻居|住户|股东|学生|家长|前妻|前夫|亲属|工作人员)`),
		address:  re(`(` + road + `)` + `(?:` + house + `){1,5}`),
		flat:     re(`(?:室|房|单元)$|(?:栋|幢|座|单元|楼)[\dA-Z一二三四五六七八九十-]{1,5}(?:号|室|房)?$`),

		title:   re(`《([^《》\n]{2,80})》`),
		beside:  re(`^\s*\(([^()]{0,24}?([\p{Han}]*(?:[〔\[(【]\d{4}[〕\])】]第?\d+号|令(?:\d{4}年)?第\d+号)))`),
		number:  re(`([\p{Han}]{2,12})([〔\[(【])(\d{4})([〕\])】])(第?)(\d{1,5})号`),
		article: re(`^\s*(?:\([^()]{0,30}\))?\s*第([零一二三四五六七八九十百千两]{1,10}|\d{1,4})条`),

		link: re(`(?i)(?:[a-z]{3,5}\s?[:;]?\s?/{1,3}|https?:|www\.)[!-~]*`),

		date:    re(`(\d{4})(?:年|-|/|\.)(\d{1,2})(?:月|-|/|\.)(\d{1,2})日?`),
		short:   re(`(\d{1,2})月(\d{1,2})日`),
		weekday: re(`^\s*[(,]?\s*(?:星期|周|礼拜)([一二三四五六日天])`),
		term:    re(`^\s*(?:\([^()]{0,10}\))?(?:之日)?起(?:算)?,?\s*(\d{1,4})个?(工作日|自然日|日|天)`),
		until:   re(`^(?:之?内|以内|届满)?[^。;\d]{0,12}(?:即|至|到|于|截至|截止|期限为|日为)[^。;\d]{0,6}(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日`),

		capitals: re(`[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]{1,30}[元圆](?:[零壹贰叁肆伍陆柒捌玖]角)?(?:[零壹贰叁肆伍陆柒捌玖]分)?[整正]?`),
		digits:   re(`[¥￥]?\s?(\d[\d,]*(?:\.\d{1,2})?)\s?(万?)元?`),
		percent:  re(`(\d{3,}(?:\.\d+)?)\s?%`),
		interval: re(`(\d+(?:\.\d+)?)(万元|元|%|个工作日|周岁|岁|天|小时|分)?(?:至|到|-|—|~)(\d+(?:\.\d+)?)(万元|元|%|个工作日|周岁|岁|天|小时|分)`),
		penalty:  re(`([\d一二三四五六七八九十百千万]{1,8})(元|日|年|天)以上([\d一二三四五六七八九十百千万]{1,8})(元|日|年|天)以下`),
	}
}
