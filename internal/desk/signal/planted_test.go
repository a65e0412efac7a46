package signal_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/signal"
)

// city makes up the letters of half a year, of which some belong to surges that
// were planted. Nobody's words are in it.
type city struct {
	r       *rand.Rand
	begin   time.Time
	places  []string
	letters []planted
}

type planted struct {
	at          time.Time
	title, text string
	surge       int // 0: none
}

// trouble is something that happens at places, in several wordings each of what
// and how.
type trouble struct{ what, how []string }

func troubles() []trouble {
	var out []trouble
	for line := range strings.SplitSeq(strings.TrimSpace(`
信号灯 红绿灯 交通灯|坏了 不亮 配时不合理 故障没人修
夜间施工 工地施工|噪音太大 吵得睡不着 扰民严重 声音很响
乱停车 车辆乱停 违法停车|堵住出口 没人管 影响通行 天天都有
广场舞 音响|声音太大 吵到深夜 扰民
路灯 照明灯|不亮 坏了很久 太暗 没有人修
电动车 电瓶车|进楼充电 被偷 乱停乱放 飞线充电
流浪狗 大型犬 不拴绳的狗|咬人 到处跑 吓到孩子
摆摊 占道经营 夜市|占路 油烟大 收摊太晚
井盖 窨井盖|松动 丢失 破损 响得厉害
监控 摄像头|太少 坏了 看不到 没有安装
货车 渣土车|超速 深夜经过 遗撒 闯红灯
学校门口 上学路段|太堵 没有护学 车速太快
斑马线 人行横道|磨掉了 没有 看不清
护栏 隔离栏|撞坏 缺口 太矮
麻将馆 棋牌室|赌博 吵闹 开到凌晨
养老诈骗 保健品推销|骗老人 又来了 没人查
停车位 车位|不够 被占 收费乱
炸街车 摩托车|半夜轰鸣 太吵 飙车`), "\n") {
		what, how, _ := strings.Cut(line, "|")
		out = append(out, trouble{strings.Fields(what), strings.Fields(how)})
	}
	return out
}

// questions are asked everywhere and always, some much more often.
func questions() [][]string {
	var out [][]string
	for line := range strings.SplitSeq(strings.TrimSpace(`
身份证丢了怎么补办 补办身份证要多久 身份证补领需要什么材料
户口迁移怎么办理 户口迁入需要的材料 迁户口的条件
新生儿落户要带什么 给孩子上户口怎么办 宝宝出生登记户口
护照换发多久 护照过期怎么换 办护照要不要预约
港澳通行证签注怎么办 通行证能自助签注吗 续签通行证
驾驶证到期换证 驾照期满换证材料 换驾驶证能网上办吗
违章怎么处理 交通违法网上处理 罚款在哪里交
居住证怎么办 居住证签注 居住证多久能拿到
无犯罪记录证明怎么开 开无犯罪证明 无犯罪记录网上申请
养犬登记在哪里办 狗证怎么办 办犬证的材料
车辆年检预约 年检要带什么 汽车检验标志
改名字需要什么手续 姓名变更 改名要多久
积分落户的条件 积分怎么算 落户积分查询
报名辅警 辅警招录的条件 辅警考试时间
临时身份证怎么办 临时身份证当天能拿吗 办临时身份证
流动人口登记 出租房登记 租客信息怎么报`), "\n") {
		out = append(out, strings.Fields(line))
	}
	return out
}

func newCity(seed uint64) *city {
	c := &city{r: rand.New(rand.NewPCG(seed, 11)), begin: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)}
	for _, a := range "东西南北新长平安永金" {
		for _, b := range "河湖山桥港塘岭泉" {
			c.places = append(c.places, string(a)+string(b)+c.one("路", "街", "小区", "花园", "社区", "村", "广场", "苑"))
		}
	}
	return c
}

func (c *city) one(list ...string) string { return list[c.r.IntN(len(list))] }

// often is a place in a list of n, the first ones much oftener than the last.
func (c *city) often(n int) int {
	x := c.r.Float64()
	return int(float64(n) * x * x)
}

func (c *city) report(place string, t trouble) string {
	said := c.one("", "反映", "投诉", "关于", "请管管", "再次反映") + place + c.one("", "附近", "门口", "旁边", "一带")
	if c.r.IntN(4) == 0 {
		return c.one(t.how...) + "的" + c.one(t.what...) + "，" + said
	}
	return said + c.one(t.what...) + c.one(t.how...) + c.one("", "", "的问题", "怎么办", "请处理", "！")
}

// body is what a letter says below its title.
func (c *city) body(title string) string {
	said := []string{title}
	for range 2 + c.r.IntN(5) {
		said = append(said, c.one("我们", "本人", "邻居们", "家里老人", "孩子", "附近商户", "大家")+c.one("从上个月", "这几天", "每天晚上", "一直", "前天", "多次", "去年开始")+
			c.one("打过电话", "去问过", "等了很久", "没有人答复", "很着急", "觉得不安全", "无法休息", "白跑一趟", "找过物业", "看到通知")+strconv.Itoa(c.r.IntN(90)+10)+c.one("次", "天", "个人", "户", "分钟"))
	}
	return strings.Join(append(said, c.one("望尽快处理", "请给一个说法", "谢谢", "盼复")), "，")
}

// usual is a letter of any day.
func (c *city) usual() string {
	all, asked := troubles(), questions()
	switch x := c.r.IntN(10); {
	case x < 5:
		return c.report(c.one(c.places...), all[c.often(len(all))])
	case x < 8:
		return c.one("", "", "咨询", "请问", "想问下") + c.one(asked[c.often(len(asked))]...)
	}
	odd := make([]rune, 6+c.r.IntN(10)) // what only one person writes about
	for i := range odd {
		odd[i] = rune(0x4E00 + c.r.IntN(3000))
	}
	return c.one("建议", "感谢", "关于", "请问") + string(odd)
}

// live passes days, each with about a dozen letters; some people send theirs
// again and again.
func (c *city) live(days int) {
	for day := range days {
		at := c.begin.AddDate(0, 0, day)
		n := 14
		if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			n = 6
		}
		for range n {
			title := c.usual()
			text := c.body(title)
			c.letters = append(c.letters, planted{at: c.within(at, 14), title: title, text: text})
			if c.r.IntN(40) == 0 {
				for range 1 + c.r.IntN(4) {
					c.letters = append(c.letters, planted{at: c.within(at, 24*7), title: title, text: text})
				}
			}
		}
	}
}

func (c *city) within(at time.Time, hours int) time.Time {
	return at.Add(time.Duration(c.r.IntN(hours*60)) * time.Minute)
}

// plant lets something happen: at one place, or a new rule everybody asks about.
func (c *city) plant(surge, day int) {
	all := troubles()
	place, t := c.one(c.places...), all[c.r.IntN(len(all))]
	news := []string{"购车补贴", "电子居住证", "一窗通办", "限行新规", "免费停车", "夜间禁鸣", "集体户口", "学区落户", "校车登记", "无人机备案", "换领行驶证", "社保卡合并"}[surge%12]
	span := 4 + c.r.IntN(18)
	for range 8 + c.r.IntN(13) {
		title := c.report(place, t)
		if surge%2 == 0 {
			title = c.one("", "咨询", "请问", "关于", "反映") + c.one("本市", "今年", "") + news + c.one("怎么申请", "什么时候发", "不通过是什么原因", "的条件", "的问题", "网上办不了", "政策解释", "为什么被拒")
		}
		at := c.begin.AddDate(0, 0, day)
		c.letters = append(c.letters, planted{at: c.within(at, 24*span), title: title, text: c.body(title), surge: surge + 1})
	}
}

// watched is how a city was watched.
type watched struct {
	found, planted int
	delays         []int
	alarms, wrong  int
	letters        int
}

func watch(seed uint64) watched {
	c := newCity(seed)
	c.live(182)
	const surges = 12
	for i := range surges {
		c.plant(i, 30+i*12)
	}
	slices.SortStableFunc(c.letters, func(a, b planted) int { return a.at.Compare(b.at) })
	w := watched{planted: surges, letters: len(c.letters)}
	watch, came, found := signal.NewSurges(seed), map[int]int{}, map[int]bool{}
	surgeOf := map[string]int{}
	for i, l := range c.letters {
		id := fmt.Sprintf("%05d", i)
		surgeOf[id] = l.surge
		came[l.surge]++
		about, whole := text(l.title), text(l.text)
		raised := watch.Watch(signal.Sighting{ID: id, At: l.at, About: &about, Whole: &whole})
		if l.at.Sub(c.begin) < 28*24*time.Hour {
			continue // everything is new to somebody who has just come
		}
		for _, s := range raised {
			w.alarms++
			votes := map[int]int{}
			for _, id := range s.Letters {
				votes[surgeOf[id]]++
			}
			if 2*votes[l.surge] <= len(s.Letters) || l.surge == 0 {
				w.wrong++
			} else if !found[l.surge] {
				found[l.surge] = true
				w.found++
				w.delays = append(w.delays, came[l.surge])
			}
		}
	}
	slices.Sort(w.delays)
	return w
}

// TestPlantedSurges keeps what parameters were chosen by: three cities no text of
// which was ever written by anybody.
func TestPlantedSurges(t *testing.T) {
	t.Parallel()
	var all watched
	for seed := range uint64(3) {
		w := watch(seed + 1)
		all.planted, all.found, all.letters, all.alarms, all.wrong = all.planted+w.planted, all.found+w.found, all.letters+w.letters, all.alarms+w.alarms, all.wrong+w.wrong
		all.delays = append(all.delays, w.delays...)
	}
	slices.Sort(all.delays)
	t.Logf("%d letters: %d of %d found, at letter %d in the middle; %d alarms, %d wrong (%.2f per 1,000)",
		all.letters, all.found, all.planted, all.delays[len(all.delays)/2], all.alarms, all.wrong, 1000*float64(all.wrong)/float64(all.letters))
	if 100*all.found < 55*all.planted || all.delays[len(all.delays)/2] > 5 || 1000*all.wrong > 2*all.letters {
		t.Errorf("%+v", all)
	}
}
